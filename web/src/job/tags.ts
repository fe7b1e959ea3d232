/** Run tags typed as lines of `key=value`. Pure. */
export function parseTags(text: string): { tags: { key: string; value: string }[]; problems: string[] } {
  const tags: { key: string; value: string }[] = []
  const problems: string[] = []
  const seen = new Set<string>()
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (!line) continue
    const equals = line.indexOf('=')
    const key = line.slice(0, equals).trim()
    if (equals < 1) problems.push(`"${line}" is not key=value`)
    else if (seen.has(key)) problems.push(`${key} is given twice`)
    else {
      seen.add(key)
      tags.push({ key, value: line.slice(equals + 1).trim() })
    }
  }
  return { tags, problems }
}

/** What the command palette can find, and how it ranks. Pure. */
export interface Command {
  title: string
  kind: string
  path: string
}

/**
 * How well `query` fits `title`; undefined when it does not. Every word must occur; better when at the start of the
 * title or of a word in it, and when the title is short.
 */
export function score(title: string, query: string): number | undefined {
  const text = title.toLowerCase()
  let total = 0
  for (const word of query.toLowerCase().split(/\s+/).filter(Boolean)) {
    const at = text.indexOf(word)
    if (at >= 0) {
      total += at === 0 ? 30 : /[^a-z0-9]/.test(text[at - 1] ?? '') ? 20 : 10
      continue
    }
    if (!isSubsequence(text, word)) return undefined
    total += 1
  }
  return total - title.length / 100
}

function isSubsequence(text: string, word: string): boolean {
  let at = 0
  for (const letter of word) {
    at = text.indexOf(letter, at) + 1
    if (at === 0) return false
  }
  return word.length > 1
}

export function search(commands: readonly Command[], query: string, limit = 40): Command[] {
  if (!query.trim()) return commands.slice(0, limit)
  return commands
    .map((command) => ({ command, points: score(`${command.title} ${command.kind}`, query) }))
    .filter((hit): hit is { command: Command; points: number } => hit.points !== undefined)
    .sort((a, b) => b.points - a.points)
    .slice(0, limit)
    .map((hit) => hit.command)
}

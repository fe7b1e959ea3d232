/** A selection of ops as Dagster writes it: names with `*` or `+` before (upstream) or after (downstream). Pure. */
export function parseOpSelection(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter((part) => part && part !== '*'))]
}

/** Names in the selection that are no op of the job. */
export function unknownOps(selection: readonly string[], known: readonly string[]): string[] {
  const names = new Set(known)
  return selection.map((part) => part.replace(/^[*+]+|[*+]+$/g, '')).filter((name) => !names.has(name))
}

/** Where in a YAML text a config error lies, and the text's own syntax errors. Pure. */
import { isMap, isSeq, parseDocument, type Node } from 'yaml'
import type { ConfigProblemFragment } from '../graphql/generated/graphql'

export interface Marked {
  from: number
  to: number
  message: string
  path: string
}

/**
 * The range of the deepest existing node on `path`. Dagster's paths name keys and list positions; what is missing has no
 * place of its own, so its parent's key is marked.
 */
export function locate(text: string, path: readonly string[]): [number, number] {
  const document = parseDocument(text, { keepSourceTokens: false })
  let node: unknown = document.contents
  let range: [number, number] = [
    0,
    Math.min(text.length, text.indexOf('\n') < 0 ? text.length : text.indexOf('\n')),
  ]
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => String((item.key as { value?: unknown })?.value ?? item.key) === part,
      )
      if (!pair) return range
      const key = pair.key as Node
      if (key.range) range = [key.range[0], key.range[1]]
      node = pair.value
    } else if (isSeq(node)) {
      const item = node.items[Number(part)] as Node | undefined
      if (!item) return range
      if (item.range) range = [item.range[0], item.range[1]]
      node = item
    } else return range
  }
  return range
}

export function markProblems(text: string, problems: readonly ConfigProblemFragment[]): Marked[] {
  return problems.map((problem) => {
    const [from, to] = locate(text, problem.path)
    return { from, to, message: problem.message, path: problem.path.join(' › ') }
  })
}

export function syntaxProblems(text: string): Marked[] {
  const document = parseDocument(text)
  return document.errors.map((error) => ({
    from: error.pos[0],
    to: error.pos[1],
    message: error.message.split('\n')[0] ?? 'invalid YAML',
    path: `line ${error.linePos?.[0].line ?? 1}`,
  }))
}

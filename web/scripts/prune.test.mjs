import { buildSchema, extendSchema, parse, print, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { compare, prune } from './prune.mjs'

const served = buildSchema('type Query { run: Run } type Run { id: ID tags: [String] }')
const full = extendSchema(
  served,
  parse(`
    extend type Query { backfills(limit: Int): Backfills }
    extend type Run { origin: Origin }
    type Origin { id: ID name: String }
    type Backfills { ids: [ID] }
  `),
)

function pruned(text) {
  const [file] = prune([{ document: parse(text) }], served, full)
  expect(validate(served, file.document)).toEqual([])
  return print(file.document).replaceAll(/\s+/g, ' ')
}

describe('pruning documents to what a server answers', () => {
  it('drops fields and keeps the rest', () => {
    expect(pruned('query A { run { id origin { id name } } }')).toBe('query A { run { id } }')
  })

  it('drops fragments on unknown types, and fragments nobody uses any more', () => {
    const text = pruned(
      'query A { run { id ...R } } fragment R on Run { origin { ...O } tags } fragment O on Origin { id }',
    )
    expect(text).toContain('fragment R on Run { tags }')
    expect(text).not.toContain('Origin')
  })

  it('drops variables with their last use, and leaves a harmless operation when nothing is left', () => {
    expect(pruned('query A($limit: Int) { backfills(limit: $limit) { ids } }')).toBe('query A { __typename }')
  })

  it('changes nothing that is served', () => {
    expect(pruned('query A { run { id tags } }')).toBe('query A { run { id tags } }')
  })
})

describe('pending definitions', () => {
  it('give way to what the schema has by now', () => {
    const pending = parse(
      'extend type Run { tags: [String] origin: Origin } type Origin { id: ID } type Run2 { a: ID }',
    )
    const { missing, answered } = compare(pending, served)
    expect(answered).toEqual(['Run.tags'])
    expect(print(missing)).toContain(
      'extend type Run { origin: Origin }'.replace('{ ', '{\n  ').replace(' }', '\n}'),
    )
    expect(compare(parse('extend type Run { id: ID }'), served).missing).toBeUndefined()
  })
})

import { describe, expect, it } from 'vitest'
import { locate, markProblems, syntaxProblems } from './configProblems'

const text = 'ops:\n  greet:\n    config:\n      name: Ada\n      times: two\nlist:\n  - a\n  - b\n'

describe('config errors in the text', () => {
  it('are marked at the key they are about', () => {
    const [from, to] = locate(text, ['ops', 'greet', 'config', 'times'])
    expect(text.slice(from, to)).toBe('times')
  })

  it('mark the parent of something missing', () => {
    const [from, to] = locate(text, ['ops', 'greet', 'config', 'nothing'])
    expect(text.slice(from, to)).toBe('config')
  })

  it('find list items by position', () => {
    const [from, to] = locate(text, ['list', '1'])
    expect(text.slice(from, to)).toBe('b')
  })

  it('mark the first line when there is no path', () => {
    expect(locate('a: 1\nb: 2', [])).toEqual([0, 4])
    const problem = {
      __typename: 'MissingFieldConfigError' as const,
      message: 'm',
      path: [],
      reason: 'MISSING_REQUIRED_FIELD' as const,
    }
    expect(markProblems('', [problem])).toMatchObject([{ from: 0, to: 0 }])
  })

  it('report what is not YAML at all', () => {
    expect(syntaxProblems('a: [1,\nb: 2')[0]?.path).toContain('line')
    expect(syntaxProblems('a: 1')).toEqual([])
  })
})

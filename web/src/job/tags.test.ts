import { expect, it } from 'vitest'
import { parseTags } from './tags'

it('reads tags line by line and names what is wrong', () => {
  expect(parseTags('team=data\n\n note = a=b ')).toEqual({
    tags: [
      { key: 'team', value: 'data' },
      { key: 'note', value: 'a=b' },
    ],
    problems: [],
  })
  expect(parseTags('oops\na=1\na=2').problems).toHaveLength(2)
})

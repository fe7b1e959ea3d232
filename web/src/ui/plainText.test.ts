import { expect, test } from 'vitest'
import { plainText } from './plainText'

test.each([
  ['Table **orders** of ingest.\n\nBuilt from 3.', 'Table orders of ingest.'],
  ['# Title', 'Title'],
  ['see [the docs](https://example.com) and `code`', 'see the docs and code'],
  ['*really* _so_, but snake_case_name stays', 'really so, but snake_case_name stays'],
  ['two\nlines', 'two lines'],
  ['2 * 3 * 4', '2 * 3 * 4'],
])('%j in one line', (markdown, text) => {
  expect(plainText(markdown)).toBe(text)
})

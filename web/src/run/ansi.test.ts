import { describe, expect, it } from 'vitest'
import { stripAnsi } from './ansi'

describe('captured output', () => {
  it('loses its terminal codes', () => {
    expect(stripAnsi('\u001b[34mINFO\u001b[0m hello \u001b]8;;http://x\u0007link')).toBe('INFO hello link')
  })
  it('keeps the last state of a progress bar', () => {
    expect(stripAnsi('10%\r50%\r100%\ndone\r\n')).toBe('100%\ndone\n')
  })
})

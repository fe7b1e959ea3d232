import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { Markdown, safeHref } from './Markdown'

const html = (text: string) => renderToStaticMarkup(<Markdown text={text} />)

describe('markdown from user code', () => {
  it('shows raw html as text instead of running it', () => {
    const out = html('hello <script>alert(1)</script> <img src=x onerror=alert(1)>')
    expect(out).not.toMatch(/<script|<img/)
    expect(out).toContain('&lt;script&gt;')
  })

  it('drops the target of javascript and data links and keeps their text', () => {
    expect(html('[x](javascript:alert(1))')).toContain('<span>x</span>')
    expect(html('[x](data:text/html,1)')).not.toContain('href')
    expect(safeHref(' JavaScript:alert(1)')).toBeUndefined()
    expect(safeHref('//evil.example')).toBeUndefined()
    expect(safeHref('https://example.org')).toBe('https://example.org')
  })

  it('makes no request for an image', () => {
    expect(html('![chart](https://example.org/a.png)')).not.toContain('<img')
  })

  it('renders tables, lists and code', () => {
    const out = html('| a | b |\n|---|---|\n| 1 | **2** |\n\n- one\n- two\n\n```py\nx < 1\n```')
    expect(out).toContain('<td>1</td>')
    expect(out).toContain('<strong>2</strong>')
    expect(out).toContain('<li>one</li>')
    expect(out).toContain('x &lt; 1')
  })

  it('shows entities once decoded', () => {
    expect(html('a & b &amp; `c < d`')).toContain('a &amp; b &amp; <code>c &lt; d</code>')
  })
})

/**
 * Markdown from user code (descriptions, metadata) as React elements.
 *
 * Safe by construction: marked only tokenizes, and every token becomes an element here. Raw HTML in the text is shown
 * as text, links other than http(s)/mailto/relative lose their target, images become links (no request is made to a
 * foreign host by merely looking at a page).
 */
import { lexer, type Token, type Tokens } from 'marked'
import { Fragment, useMemo, type ReactNode } from 'react'
import './markdown.css'

export function safeHref(href: string): string | undefined {
  const trimmed = href.trim()
  if (/^(https?:|mailto:)/i.test(trimmed)) return trimmed
  return /^[a-z][a-z0-9+.-]*:/i.test(trimmed) || trimmed.startsWith('//') ? undefined : trimmed
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: '\u00a0' }

function decode(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_, name: string) => entities[name] ?? '')
}

function link(href: string, content: ReactNode) {
  const target = safeHref(href)
  if (!target) return <span>{content}</span>
  return (
    <a href={target} target="_blank" rel="noreferrer noopener">
      {content}
    </a>
  )
}

function children(tokens: Token[] | undefined, fallback = ''): ReactNode {
  if (!tokens) return decode(fallback)
  return tokens.map((token, index) => <Fragment key={index}>{render(token)}</Fragment>)
}

function table(token: Tokens.Table) {
  const cell = (value: Tokens.TableCell) => children(value.tokens, value.text)
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            {token.header.map((value, index) => (
              <th key={index}>{cell(value)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {token.rows.map((row, index) => (
            <tr key={index}>
              {row.map((value, column) => (
                <td key={column}>{cell(value)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function list(token: Tokens.List) {
  const items = token.items.map((item, index) => (
    <li key={index}>
      {item.task && <input type="checkbox" checked={item.checked ?? false} disabled />}
      {children(item.tokens, item.text)}
    </li>
  ))
  return token.ordered ? (
    <ol start={token.start === '' ? undefined : token.start}>{items}</ol>
  ) : (
    <ul>{items}</ul>
  )
}

function render(token: Token): ReactNode {
  switch (token.type) {
    case 'space':
    case 'def':
      return null
    case 'heading': {
      const level = Math.min(6, (token as Tokens.Heading).depth + 2)
      const Heading = `h${level}` as 'h3' | 'h4' | 'h5' | 'h6'
      return <Heading>{children(token.tokens, token.text)}</Heading>
    }
    case 'paragraph':
      return <p>{children(token.tokens, token.text)}</p>
    case 'blockquote':
      return <blockquote>{children(token.tokens)}</blockquote>
    case 'list':
      return list(token as Tokens.List)
    case 'table':
      return table(token as Tokens.Table)
    case 'code':
      return <pre className="code">{token.text}</pre>
    case 'codespan':
      return <code>{decode(token.text)}</code>
    case 'strong':
      return <strong>{children(token.tokens, token.text)}</strong>
    case 'em':
      return <em>{children(token.tokens, token.text)}</em>
    case 'del':
      return <del>{children(token.tokens, token.text)}</del>
    case 'br':
      return <br />
    case 'hr':
      return <hr />
    case 'link':
      return link((token as Tokens.Link).href, children(token.tokens, token.text))
    case 'image':
      return link((token as Tokens.Image).href, `🖼 ${token.text || (token as Tokens.Image).href}`)
    case 'text':
      return children((token as Tokens.Text).tokens, token.text)
    case 'escape':
      return token.text
    default:
      return token.raw
  }
}

export function Markdown({ text }: { text: string }) {
  const content = useMemo(() => children(lexer(text)), [text])
  return <div className="markdown">{content}</div>
}

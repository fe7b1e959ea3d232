/** What a page may not show while it is walked: errors in its console, failed requests, GraphQL answers with errors. */
import type { Page } from '@playwright/test'

export interface Problems {
  list: string[]
  /** Names of the operations that were answered so far, over HTTP and over the websocket. */
  operations: Set<string>
}

interface Answer {
  errors?: { message: string }[]
}

/** What is wrong in the text of an answer: errors of GraphQL itself, and Python errors in the place of data. */
export function wrongIn(body: string): string | undefined {
  const parsed = JSON.parse(body) as Answer | Answer[]
  const errors = (Array.isArray(parsed) ? parsed : [parsed]).flatMap((each) => each.errors ?? [])
  if (errors.length > 0) return errors.map((each) => each.message).join('; ')
  const at = body.indexOf('"__typename":"PythonError"')
  return at < 0 ? undefined : `a PythonError: ${body.slice(Math.max(0, at - 300), at + 300)}`
}

const short = (text: string | null) =>
  text && text.length > 1500 ? `${text.slice(0, 1500)} …` : (text ?? '')

export function watch(page: Page): Problems {
  const problems: Problems = { list: [], operations: new Set() }
  const report = (text: string) => problems.list.push(`${page.url()}: ${text}`)
  page.on('console', (message) => {
    if (message.type() === 'error') report(message.text())
  })
  page.on('pageerror', (error) => report(error.message))
  page.on('requestfailed', (request) => {
    // A page that is left abandons its requests.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED')
      report(`${request.failure()?.errorText} ${request.url()}`)
  })
  page.on('response', async (response) => {
    const request = response.request()
    if (response.status() >= 400)
      report(`${response.status()} ${response.url()} ${short(request.postData())}`)
    if (request.method() !== 'POST' || !new URL(response.url()).pathname.endsWith('/graphql')) return
    const asked = request.postDataJSON() as { operationName?: string } | null
    if (asked?.operationName) problems.operations.add(asked.operationName)
    const body = await response.text().catch(() => '{}')
    const wrong = wrongIn(body)
    if (wrong) report(`${wrong}\n  asked: ${short(request.postData())}`)
  })
  page.on('websocket', (socket) => {
    const asked = new Map<string, string>()
    socket.on('framesent', ({ payload }) => {
      const message = JSON.parse(String(payload)) as {
        id?: string
        type: string
        payload?: { operationName?: string }
      }
      if (message.type !== 'start' && message.type !== 'subscribe') return
      asked.set(message.id ?? '', String(payload))
      if (message.payload?.operationName) problems.operations.add(message.payload.operationName)
    })
    socket.on('framereceived', ({ payload }) => {
      const message = JSON.parse(String(payload)) as { id?: string; type: string; payload?: unknown }
      const wrong =
        message.type === 'error' || message.type === 'connection_error'
          ? JSON.stringify(message.payload)
          : message.payload && wrongIn(JSON.stringify(message.payload))
      if (wrong) report(`${wrong}\n  asked: ${short(asked.get(message.id ?? '') ?? '')}`)
    })
  })
  return problems
}

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RunLogDocument } from './generated/graphql'
import { retryDelay, SubscriptionSocket } from './socket'

class FakeSocket {
  readyState = 0
  sent: { type: string; id?: string; payload?: { variables: { cursor: string | null } } }[] = []
  onopen?: () => void
  onmessage?: (event: { data: string }) => void
  onclose?: () => void
  send(text: string) {
    this.sent.push(JSON.parse(text) as (typeof this.sent)[number])
  }
  close() {
    this.onclose?.()
  }
  accept() {
    this.readyState = 1
    this.onopen?.()
    this.receive({ type: 'connection_ack' })
  }
  receive(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
}

describe('the subscription socket', () => {
  let sockets: FakeSocket[]
  let client: SubscriptionSocket

  beforeEach(() => {
    vi.useFakeTimers()
    sockets = []
    client = new SubscriptionSocket(() => {
      const fake = new FakeSocket()
      sockets.push(fake)
      return fake as unknown as WebSocket
    })
  })
  afterEach(() => void vi.useRealTimers())

  const types = (index: number) => sockets[index]!.sent.map((message) => message.type)

  it('starts after the acknowledgement and stops with the last subscriber', () => {
    const seen: unknown[] = []
    const stop = client.subscribe(
      RunLogDocument,
      () => ({ runId: 'r' }),
      (data) => seen.push(data),
      () => {},
    )
    expect(types(0)).toEqual([])
    sockets[0]!.accept()
    expect(types(0)).toEqual(['connection_init', 'start'])
    sockets[0]!.receive({ type: 'data', id: '1', payload: { data: { x: 1 } } })
    expect(seen).toEqual([{ x: 1 }])
    stop()
    expect(types(0).at(-1)).toBe('stop')
    expect(client.state()).toBe('idle')
  })

  it('connects again after a break and continues at the cursor of then', async () => {
    let cursor: string | null = null
    client.subscribe(
      RunLogDocument,
      () => ({ runId: 'r', cursor }),
      () => {},
      () => {},
    )
    sockets[0]!.accept()
    cursor = '42'
    sockets[0]!.close()
    expect(client.state()).toBe('waiting')
    await vi.advanceTimersByTimeAsync(retryDelay(0))
    sockets[1]!.accept()
    expect(sockets[1]!.sent.at(-1)).toMatchObject({ type: 'start', payload: { variables: { cursor: '42' } } })
  })

  it('waits longer each time, but never for long', () => {
    expect([0, 1, 2, 20].map(retryDelay)).toEqual([500, 1000, 2000, 15_000])
  })

  it('reports what the server refuses', () => {
    const errors: string[] = []
    client.subscribe(
      RunLogDocument,
      () => ({ runId: 'r' }),
      () => {},
      (message) => errors.push(message),
    )
    sockets[0]!.accept()
    sockets[0]!.receive({ type: 'error', id: '1', payload: { message: 'no such run' } })
    sockets[0]!.receive({ type: 'data', id: '1', payload: { data: null, errors: [{ message: 'broken' }] } })
    expect(errors).toEqual(['no such run', 'broken'])
  })
})

/**
 * GraphQL subscriptions over one shared websocket, in the legacy `graphql-ws` subprotocol which Dagster speaks
 * (connection_init, start, data, error, complete, stop).
 *
 * The connection opens with the first subscription and closes after the last. When it breaks, it is opened again
 * with growing delays, and every live subscription is started anew with the variables its `variables` function
 * returns then: that is how a log stream continues at its cursor instead of at the beginning.
 */
import { serverPath } from '../lib/base'
import { operationName } from './client'
import type { TypedDocumentString } from './generated/graphql'

export type SocketState = 'idle' | 'connecting' | 'open' | 'waiting'

interface Subscription {
  query: string
  name: string
  variables: () => unknown
  next: (data: never) => void
  error: (message: string) => void
}

interface ServerMessage {
  type: string
  id?: string
  payload?: { data?: unknown; errors?: { message: string }[]; message?: string }
}

export function retryDelay(attempt: number): number {
  return Math.min(15_000, 500 * 2 ** attempt)
}

export class SubscriptionSocket {
  private socket: WebSocket | undefined
  private acknowledged = false
  private attempt = 0
  private nextId = 1
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private readonly subscriptions = new Map<string, Subscription>()
  private readonly listeners = new Set<() => void>()
  private current: SocketState = 'idle'
  private readonly connect: () => WebSocket

  constructor(connect: () => WebSocket) {
    this.connect = connect
  }

  readonly state = (): SocketState => this.current

  readonly onState = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  subscribe<TResult, TVariables>(
    document: TypedDocumentString<TResult, TVariables>,
    variables: () => TVariables,
    next: (data: TResult) => void,
    error: (message: string) => void,
  ): () => void {
    const id = String(this.nextId++)
    const subscription: Subscription = {
      query: document.toString(),
      name: operationName(document),
      variables,
      next,
      error,
    }
    this.subscriptions.set(id, subscription)
    if (this.acknowledged) this.start(id, subscription)
    else this.open()
    return () => {
      if (!this.subscriptions.delete(id)) return
      if (this.acknowledged) this.send({ type: 'stop', id })
      if (this.subscriptions.size === 0) this.close()
    }
  }

  private open() {
    if (this.socket || this.subscriptions.size === 0) return
    clearTimeout(this.retryTimer)
    this.become('connecting')
    const socket = this.connect()
    this.socket = socket
    socket.onopen = () => this.send({ type: 'connection_init', payload: {} })
    socket.onmessage = (event) => this.receive(JSON.parse(String(event.data)) as ServerMessage)
    socket.onclose = () => {
      if (this.socket !== socket) return
      this.socket = undefined
      this.acknowledged = false
      if (this.subscriptions.size === 0) return this.become('idle')
      this.become('waiting')
      this.retryTimer = setTimeout(() => this.open(), retryDelay(this.attempt++))
    }
  }

  private receive(message: ServerMessage) {
    if (message.type === 'connection_ack') {
      this.acknowledged = true
      this.attempt = 0
      this.become('open')
      for (const [id, subscription] of this.subscriptions) this.start(id, subscription)
      return
    }
    const subscription = message.id === undefined ? undefined : this.subscriptions.get(message.id)
    if (!subscription) return
    if (message.type === 'data' || message.type === 'next') {
      const errors = message.payload?.errors
      if (errors?.length) subscription.error(errors.map((error) => error.message).join('\n'))
      if (message.payload?.data != null) subscription.next(message.payload.data as never)
    } else if (message.type === 'error') {
      subscription.error(message.payload?.message ?? 'the server refused the subscription')
    }
  }

  private start(id: string, subscription: Subscription) {
    const { query, name, variables } = subscription
    this.send({ type: 'start', id, payload: { query, variables: variables(), operationName: name } })
  }

  private send(message: unknown) {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(message))
  }

  private close() {
    clearTimeout(this.retryTimer)
    const socket = this.socket
    this.socket = undefined
    this.acknowledged = false
    this.attempt = 0
    this.become('idle')
    socket?.close(1000)
  }

  private become(state: SocketState) {
    this.current = state
    for (const listener of this.listeners) listener()
  }
}

function openSocket(): WebSocket {
  const url = new URL(serverPath('/graphql'), window.location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return new WebSocket(url, 'graphql-ws')
}

export const socket = new SubscriptionSocket(openSocket)

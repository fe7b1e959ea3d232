/** What a daemon's status means to an operator. Pure. */
import type { DiscKind } from '../ui/StatusDisc'

export interface DaemonLike {
  daemonType: string
  required: boolean
  healthy?: boolean | null
  lastHeartbeatErrors: readonly unknown[]
}

export type DaemonState = 'running' | 'errors' | 'stopped' | 'unneeded'

/** A daemon with errors of user code is not healthy to Dagster, though it runs and its other work goes on. */
export function daemonState(daemon: DaemonLike): DaemonState {
  if (daemon.healthy) return 'running'
  if (daemon.lastHeartbeatErrors.length > 0) return 'errors'
  return daemon.required ? 'stopped' : 'unneeded'
}

export const daemonLook: Record<DaemonState, { disc: DiscKind; label: string }> = {
  running: { disc: 'success', label: 'Running' },
  errors: { disc: 'warning', label: 'Reports errors' },
  stopped: { disc: 'failure', label: 'Not running' },
  unneeded: { disc: 'none', label: 'Not needed' },
}

/** Errors that repeat, each once with how often, the newest first. */
export function countErrors<T extends { message: string; stack?: readonly string[] }>(
  errors: readonly T[],
): { error: T; count: number }[] {
  const groups = new Map<string, { error: T; count: number }>()
  for (const error of errors) {
    const key = [error.message, ...(error.stack ?? [])].join('\n')
    const group = groups.get(key)
    if (group) group.count += 1
    else groups.set(key, { error, count: 1 })
  }
  return [...groups.values()]
}

/** The worst to say about all daemons in one line; nothing when all is well. */
export function daemonTrouble(daemons: readonly DaemonLike[]): { kind: DiscKind; text: string } | undefined {
  for (const state of ['stopped', 'errors'] as const) {
    const names = daemons
      .filter((daemon) => daemonState(daemon) === state)
      .map((daemon) => daemon.daemonType.toLowerCase())
    if (names.length > 0) {
      return {
        kind: daemonLook[state].disc,
        text: `${state === 'stopped' ? 'not running' : 'reports errors'}: ${names.join(', ')}`,
      }
    }
  }
  return undefined
}

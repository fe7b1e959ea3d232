/**
 * The rondel: the disc that stands for a state everywhere in this UI. Its shape carries the state as well as its
 * colour, so that it reads without colour vision.
 */
export type DiscKind =
  'queued' | 'running' | 'success' | 'failure' | 'warning' | 'canceled' | 'skipped' | 'stale' | 'none'

const colour: Record<DiscKind, string> = {
  queued: 'var(--idle)',
  running: 'var(--running)',
  success: 'var(--success)',
  failure: 'var(--failure)',
  warning: 'var(--warning)',
  canceled: 'var(--idle)',
  skipped: 'var(--idle)',
  stale: 'var(--warning)',
  none: 'var(--line-strong)',
}

function shape(kind: DiscKind) {
  const stroke = colour[kind]
  const mark = 'var(--surface)'
  switch (kind) {
    case 'queued':
      return (
        <circle cx={8} cy={8} r={5.6} fill="none" stroke={stroke} strokeWidth={1.8} strokeDasharray="2.4 2" />
      )
    case 'running':
      return (
        <>
          <circle cx={8} cy={8} r={5.6} fill="none" stroke={stroke} strokeWidth={1.8} opacity={0.28} />
          <g className="disc-spin">
            <path
              d="M8 2.4a5.6 5.6 0 0 1 5.6 5.6"
              fill="none"
              stroke={stroke}
              strokeWidth={2}
              strokeLinecap="round"
            />
          </g>
          <circle cx={8} cy={8} r={2} fill={stroke} />
        </>
      )
    case 'success':
      return (
        <>
          <circle cx={8} cy={8} r={6.5} fill={stroke} />
          <path
            d="M5 8.3 7.2 10.4 11 5.9"
            fill="none"
            stroke={mark}
            strokeWidth={1.7}
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </>
      )
    case 'failure':
      return (
        <>
          <circle cx={8} cy={8} r={6.5} fill={stroke} />
          <path
            d="M5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6"
            stroke={mark}
            strokeWidth={1.7}
            strokeLinecap="round"
          />
        </>
      )
    case 'warning':
      return (
        <>
          <circle cx={8} cy={8} r={6.5} fill={stroke} />
          <path d="M8 4.7v4M8 11.1v.1" stroke={mark} strokeWidth={1.8} strokeLinecap="round" />
        </>
      )
    case 'canceled':
      return (
        <>
          <circle cx={8} cy={8} r={5.6} fill="none" stroke={stroke} strokeWidth={1.8} />
          <path d="M5.4 8h5.2" stroke={stroke} strokeWidth={1.8} strokeLinecap="round" />
        </>
      )
    case 'skipped':
      return (
        <>
          <circle cx={8} cy={8} r={5.6} fill="none" stroke={stroke} strokeWidth={1.8} />
          <path d="M5.8 10.2l4.4-4.4" stroke={stroke} strokeWidth={1.8} strokeLinecap="round" />
        </>
      )
    case 'stale':
      return (
        <>
          <circle cx={8} cy={8} r={5.6} fill="none" stroke={stroke} strokeWidth={1.8} />
          <path d="M8 2.4a5.6 5.6 0 0 1 0 11.2z" fill={stroke} />
        </>
      )
    case 'none':
      return <circle cx={8} cy={8} r={5.6} fill="none" stroke={stroke} strokeWidth={1.6} />
  }
}

/** `label` where no text beside it says the same; without one it is decoration. */
export function StatusDisc({ kind, size = 14, label }: { kind: DiscKind; size?: number; label?: string }) {
  const named = label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true }
  return (
    <svg className="disc" width={size} height={size} viewBox="0 0 16 16" {...named}>
      {label && <title>{label}</title>}
      {shape(kind)}
    </svg>
  )
}

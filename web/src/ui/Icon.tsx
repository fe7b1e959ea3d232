/** The UI's icons, drawn on a 16-pixel grid. */
const paths = {
  home: 'M2.5 7.5 8 2.8l5.5 4.7M4 6.6V13h8V6.6',
  runs: 'M5 3.2v9.6l7.5-4.8z',
  assets: 'M3 3h4v4H3zM9 3h4v4H9zM3 9h4v4H3zM9 9h4v4H9z',
  lineage:
    'M2.5 5h3v3h-3zM10.5 2.5h3v3h-3zM10.5 10h3v3h-3zM5.5 6.5h2.2c1 0 .6-2.5 2.8-2.5M7.7 6.5c1 0 .6 5 2.8 5',
  jobs: 'M2.5 5.5h11v7.5h-11zM6 5.5V3h4v2.5',
  automation: 'M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11M8 5v3.2l2.2 1.4',
  deployment: 'M3 3.2h10v3.6H3zM3 9.2h10v3.6H3zM5.2 5h.1M5.2 11h.1',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9M10.4 10.4l3.1 3.1',
  close: 'M4 4l8 8M12 4l-8 8',
  sun: 'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6M8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M12.6 3.4l-1.1 1.1M4.5 11.5l-1.1 1.1',
  moon: 'M13 9.6A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.6',
  auto: 'M8 13.5a5.5 5.5 0 1 0 0-11zM8 2.5a5.5 5.5 0 0 0 0 11',
  reload: 'M13 8a5 5 0 1 1-1.5-3.6M13 2.5v3h-3',
  stop: 'M4 4h8v8H4z',
  down: 'M8 2.8v9M4.4 8.4 8 12l3.6-3.6M3 14h10',
  more: 'M3.5 8h.1M8 8h.1M12.5 8h.1',
  back: 'M10 3.5 5.5 8 10 12.5',
  chevron: 'M6 3.5 10.5 8 6 12.5',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  fit: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  filter: 'M2.5 3.5h11L9.5 8.6V13l-3-1.6V8.6z',
  spark: 'M8 2l1.5 4.5L14 8l-4.5 1.5L8 14l-1.5-4.5L2 8l4.5-1.5z',
  external: 'M6.5 3H3v10h10V9.5M9 3h4v4M13 3 7.5 8.5',
  check: 'M3 8.5 6.5 12 13 4.5',
  warning: 'M8 2.5 14 13H2zM8 6.5v3M8 11.4v.1',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
} as const

export type IconName = keyof typeof paths

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
    >
      <path d={paths[name]} />
    </svg>
  )
}

import { useGroupColour } from './groups'

export function GroupDot({ group }: { group: string }) {
  return <span className="group-dot" style={{ background: useGroupColour()(group) }} aria-hidden />
}

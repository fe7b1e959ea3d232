import { hueOf } from './catalogFilter'

export function GroupDot({ group }: { group: string }) {
  return <span className="group-dot" style={{ background: `oklch(0.68 0.13 ${hueOf(group)})` }} aria-hidden />
}

/**
 * Colours of asset groups. A hue follows from a group's place among all groups, a golden angle apart, so that few
 * groups never look alike, as they can when each name is hashed by itself.
 */
import { useMemo } from 'react'
import { AssetGroupNamesDocument } from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'

/** Colour by group name, for all groups there are. Pure. */
export function groupColours(names: Iterable<string>): Map<string, string> {
  const sorted = [...new Set(names)].sort()
  return new Map(
    sorted.map((name, index) => {
      const hue = Math.round((195 + index * 137.508) % 360)
      // Past a dozen the hues come close to each other; lightness then tells neighbours apart.
      const lightness = [0.66, 0.76, 0.58][Math.floor(index / 12) % 3]
      return [name, `oklch(${lightness} 0.135 ${hue})`]
    }),
  )
}

const unknown = 'var(--idle)'

/** Gives the colour of a group; grey until the groups are known. */
export function useGroupColour(): (group: string) => string {
  const { data } = useGql(AssetGroupNamesDocument, {}, { staleTime: 60_000 })
  return useMemo(() => {
    const found = data?.repositoriesOrError
    const nodes = found?.__typename === 'RepositoryConnection' ? found.nodes : []
    const colours = groupColours(nodes.flatMap((node) => node.assetGroups.map((each) => each.groupName)))
    return (group: string) => colours.get(group) ?? unknown
  }, [data])
}

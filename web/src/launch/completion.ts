/** Completion of run config keys from the server's config schema. Pure. */
import type { LaunchSchemaQuery } from '../graphql/generated/graphql'

export type ConfigSchema = Extract<
  LaunchSchemaQuery['runConfigSchemaOrError'],
  { __typename: 'RunConfigSchema' }
>
type ConfigType = ConfigSchema['allConfigTypes'][number]

export interface Completion {
  label: string
  detail?: string
  info?: string
  type: string
  apply: string
}

/** The keys leading to the line at `position`, by indentation; list dashes count as indentation. */
export function pathAt(text: string, position: number): string[] {
  const lines = text.slice(0, position).split('\n')
  const current = lines.pop() ?? ''
  let indent = /^[\s-]*/.exec(current)![0].length
  const path: string[] = []
  for (const line of lines.reverse()) {
    const match = /^([\s-]*)([^\s:#][^:#]*):\s*(#.*)?$/.exec(line)
    if (!match || match[1]!.length >= indent) continue
    indent = match[1]!.length
    path.unshift(match[2]!.trim().replace(/^["']|["']$/g, ''))
    if (indent === 0) break
  }
  return path
}

function resolve(schema: ConfigSchema, key: string, seen = 0): ConfigType | undefined {
  const type = schema.allConfigTypes.find((each) => each.key === key)
  if (!type || seen > 8) return type
  if (type.__typename === 'NullableConfigType' || type.__typename === 'ArrayConfigType') {
    return type.typeParamKeys[0] ? resolve(schema, type.typeParamKeys[0], seen + 1) : type
  }
  if (type.__typename === 'ScalarUnionConfigType') return resolve(schema, type.nonScalarTypeKey, seen + 1)
  return type
}

function typeName(type: ConfigType | undefined): string | undefined {
  if (!type) return undefined
  if (type.__typename === 'RegularConfigType' || type.__typename === 'EnumConfigType') return type.givenName
  if (type.__typename === 'CompositeConfigType') return type.isSelector ? 'one of' : undefined
  return undefined
}

/** The keys that may be written at `position`, or the values of an enum after a colon. */
export function completions(schema: ConfigSchema, text: string, position: number): Completion[] {
  const line = text.slice(text.lastIndexOf('\n', position - 1) + 1, position)
  const afterColon = /^[\s-]*([^\s:#][^:#]*):\s+\S*$/.exec(line)
  const path = [...pathAt(text, position), ...(afterColon ? [afterColon[1]!.trim()] : [])]
  let type = resolve(schema, schema.rootConfigType.key)
  for (const key of path) {
    const field =
      type?.__typename === 'CompositeConfigType' ? type.fields.find((each) => each.name === key) : undefined
    if (!field) return []
    type = resolve(schema, field.configTypeKey)
  }
  if (type?.__typename === 'EnumConfigType') {
    return type.values.map(({ value }) => ({ label: value, type: 'enum', apply: value }))
  }
  if (type?.__typename !== 'CompositeConfigType' || afterColon) return []
  return type.fields.map((field) => {
    const inner = resolve(schema, field.configTypeKey)
    const nested = inner?.__typename === 'CompositeConfigType'
    return {
      label: field.name,
      detail: [typeName(inner), field.isRequired ? 'required' : ''].filter(Boolean).join(', '),
      info: field.description ?? undefined,
      type: 'property',
      apply: nested
        ? `${field.name}:\n${' '.repeat(line.length - line.trimStart().length + 2)}`
        : `${field.name}: `,
    }
  })
}

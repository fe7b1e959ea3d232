/** Fills in what a run config must have and does not: the required keys, with a value of the right type to edit. Pure. */
import { isMap, parseDocument, type Document } from 'yaml'
import type { ConfigSchema } from './completion'

type ConfigType = ConfigSchema['allConfigTypes'][number]

type Field = Extract<ConfigType, { __typename: 'CompositeConfigType' }>['fields'][number]

const scalars: Record<string, unknown> = { Int: 0, Float: 0, Bool: false, Noneable: null }

/** What a field starts with: its default, or a value of its type. */
function startValue(types: ReadonlyMap<string, ConfigType>, field: Field, depth: number): unknown {
  return field.defaultValueAsJson != null
    ? (JSON.parse(field.defaultValueAsJson) as unknown)
    : placeholder(types, field.configTypeKey, depth)
}

/** A value of a type, with the required keys of it and below. */
function placeholder(types: ReadonlyMap<string, ConfigType>, key: string, depth: number): unknown {
  const type = types.get(key)
  if (!type || depth > 12) return ''
  switch (type.__typename) {
    case 'CompositeConfigType': {
      const fields = type.isSelector
        ? type.fields.slice(0, 1)
        : type.fields.filter((field) => field.isRequired)
      return Object.fromEntries(fields.map((field) => [field.name, startValue(types, field, depth + 1)]))
    }
    case 'EnumConfigType':
      return type.values[0]?.value ?? ''
    case 'ArrayConfigType':
      return []
    case 'MapConfigType':
      return {}
    case 'NullableConfigType':
      return null
    case 'ScalarUnionConfigType':
      return placeholder(types, type.scalarTypeKey, depth + 1)
    case 'RegularConfigType':
      return type.givenName in scalars ? scalars[type.givenName] : ''
    default:
      return ''
  }
}

function fill(types: ReadonlyMap<string, ConfigType>, document: Document, path: string[], key: string) {
  const type = types.get(key)
  if (type?.__typename !== 'CompositeConfigType' || type.isSelector) return
  for (const field of type.fields) {
    const at = [...path, field.name]
    const there = path.length === 0 && document.contents === null ? undefined : document.getIn(at, true)
    if (isMap(there)) fill(types, document, at, field.configTypeKey)
    else if (there === undefined && field.isRequired) {
      document.setIn(at, startValue(types, field, 0))
    }
  }
}

/** `text` with every missing required key added; unchanged when nothing is missing or it cannot be parsed. */
export function scaffoldMissing(schema: ConfigSchema, text: string): string {
  const document = parseDocument(text)
  if (document.errors.length > 0) return text
  if (document.contents !== null && !isMap(document.contents)) return text
  const before = JSON.stringify(document.toJS())
  fill(
    new Map(schema.allConfigTypes.map((type) => [type.key, type])),
    document,
    [],
    schema.rootConfigType.key,
  )
  return JSON.stringify(document.toJS()) === before ? text : document.toString()
}

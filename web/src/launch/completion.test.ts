import { describe, expect, it } from 'vitest'
import { completions, pathAt, type ConfigSchema } from './completion'

const field = (name: string, configTypeKey: string, isRequired = false) => ({
  name,
  configTypeKey,
  isRequired,
  description: null,
  defaultValueAsJson: null,
})
const base = { description: null, isSelector: false, typeParamKeys: [] as string[] }
const schema = {
  __typename: 'RunConfigSchema',
  rootDefaultYaml: '',
  rootConfigType: { key: 'Root' },
  allConfigTypes: [
    { __typename: 'CompositeConfigType', key: 'Root', ...base, fields: [field('ops', 'Ops', true)] },
    { __typename: 'CompositeConfigType', key: 'Ops', ...base, fields: [field('greet', 'Maybe')] },
    { __typename: 'NullableConfigType', key: 'Maybe', ...base, typeParamKeys: ['Greet'] },
    {
      __typename: 'CompositeConfigType',
      key: 'Greet',
      ...base,
      fields: [field('name', 'String', true), field('mode', 'Mode')],
    },
    { __typename: 'RegularConfigType', key: 'String', ...base, givenName: 'String' },
    {
      __typename: 'EnumConfigType',
      key: 'Mode',
      ...base,
      givenName: 'Mode',
      values: [{ value: 'loud' }, { value: 'soft' }],
    },
  ],
} as unknown as ConfigSchema

const at = (text: string) => completions(schema, text, text.length)

describe('completion of run config', () => {
  it('finds the path by indentation', () => {
    const text = 'ops:\n  other:\n    x: 1\n  greet:\n    na'
    expect(pathAt(text, text.length)).toEqual(['ops', 'greet'])
  })

  it('offers the keys of the place, through optional types', () => {
    expect(at('').map((each) => each.label)).toEqual(['ops'])
    expect(at('ops:\n  greet:\n    ')).toMatchObject([
      { label: 'name', detail: 'String, required' },
      { label: 'mode' },
    ])
  })

  it('offers the values of an enum', () => {
    expect(at('ops:\n  greet:\n    mode: ').map((each) => each.label)).toEqual(['loud', 'soft'])
  })

  it('is silent about what it does not know', () => {
    expect(at('nope:\n  ')).toEqual([])
  })
})

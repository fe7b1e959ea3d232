import { parse } from 'yaml'
import { expect, test } from 'vitest'
import type { ConfigSchema } from './completion'
import { scaffoldMissing } from './scaffold'

const field = (name: string, configTypeKey: string, isRequired = true, defaultValueAsJson?: string) => ({
  name,
  configTypeKey,
  isRequired,
  defaultValueAsJson: defaultValueAsJson ?? null,
})
const map = (key: string, ...fields: ReturnType<typeof field>[]) => ({
  __typename: 'CompositeConfigType',
  key,
  isSelector: false,
  fields,
})
const scalar = (givenName: string) => ({ __typename: 'RegularConfigType', key: givenName, givenName })
const schema = {
  rootConfigType: { key: 'Root' },
  allConfigTypes: [
    map('Root', field('ops', 'Ops'), field('loggers', 'Loggers', false)),
    map('Ops', field('extract', 'Extract'), field('free', 'Extract', false)),
    map('Extract', field('config', 'Config')),
    map('Config', field('source', 'String'), field('rows', 'Int', true, '10'), field('names', 'Names')),
    map('Loggers', field('level', 'String')),
    { __typename: 'ArrayConfigType', key: 'Names', typeParamKeys: ['String'] },
    scalar('String'),
    scalar('Int'),
  ],
} as unknown as ConfigSchema

test('an empty config gets every required key, optional ones are left out', () => {
  expect(parse(scaffoldMissing(schema, ''))).toEqual({
    ops: { extract: { config: { source: '', rows: 10, names: [] } } },
  })
})

test('what is there stays, comments included, and only the rest is added', () => {
  const text = '# mine\nops:\n  extract:\n    config:\n      source: s3 # bucket\n'
  const filled = scaffoldMissing(schema, text)
  expect(filled).toContain('# mine')
  expect(filled).toContain('source: s3 # bucket')
  expect(parse(filled)).toEqual({ ops: { extract: { config: { source: 's3', rows: 10, names: [] } } } })
  expect(scaffoldMissing(schema, filled)).toBe(filled)
})

test('a text that is no mapping is left alone', () => {
  expect(scaffoldMissing(schema, '[1')).toBe('[1')
  expect(scaffoldMissing(schema, '- a')).toBe('- a')
})

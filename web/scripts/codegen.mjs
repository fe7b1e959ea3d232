/**
 * Generates src/graphql/generated from schema.graphql and every `src/<feature>/*.graphql` operation file.
 *
 * It drives graphql-codegen's client preset through @graphql-codegen/core instead of its CLI: the CLI
 * brings some two hundred packages (loaders for remote schemas and the like) which are not needed here.
 * Another schema file, for instance of a server under development: RONDEL_SCHEMA=/path/to.graphql
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { codegen } from '@graphql-codegen/core'
import { preset } from '@graphql-codegen/client-preset'
import { buildASTSchema, parse, validate, visit } from 'graphql'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const schemaFile = path.resolve(root, process.env.RONDEL_SCHEMA ?? 'schema.graphql')
const outputDir = path.join(root, 'src/graphql/generated/')

// Descriptions are for readers of the schema; in the generated types they would only be noise.
const schema = visit(parse(readFileSync(schemaFile, 'utf8')), {
  enter: (node) => ('description' in node ? { ...node, description: undefined } : undefined),
})
const schemaAst = buildASTSchema(schema)

const documents = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.graphql'))
  .sort()
  .map((file) => {
    const location = path.join(root, 'src', file)
    const rawSDL = readFileSync(location, 'utf8')
    return { location, rawSDL, document: parse(rawSDL) }
  })

const all = { kind: 'Document', definitions: documents.flatMap((file) => file.document.definitions) }
const problems = validate(schemaAst, all)
if (problems.length > 0) {
  for (const problem of problems) console.error(problem.toString())
  process.exit(1)
}

rmSync(outputDir, { recursive: true, force: true })
mkdirSync(outputDir, { recursive: true })

const targets = await preset.buildGeneratesSection({
  baseOutputDir: outputDir,
  schema,
  schemaAst,
  documents,
  config: {
    documentMode: 'string',
    useTypeImports: true,
    enumsAsTypes: true,
    onlyOperationTypes: true,
    dedupeFragments: true,
    skipTypename: true,
    scalars: { GenericScalar: 'unknown', RunConfigData: 'unknown', JsonSchema: 'unknown' },
  },
  presetConfig: { fragmentMasking: false },
  plugins: [],
  pluginMap: {},
  pluginContext: {},
  documentTransforms: [],
})

for (const target of targets) {
  // Operations are written in .graphql files and their documents imported by name, so the preset's
  // string-keyed lookup table (which would put every document into every page) is not wanted.
  if (/\/(gql|index)\.ts$/.test(target.filename)) continue
  const text = await codegen({ ...target, documents: target.documents ?? documents })
  writeFileSync(target.filename, `${text.trimEnd()}\n`)
  console.log(path.relative(root, target.filename), text.length)
}

/**
 * Generates src/graphql/generated from schema.graphql and every `src/<feature>/*.graphql` operation file.
 *
 * It drives graphql-codegen's client preset through @graphql-codegen/core instead of its CLI: the CLI
 * brings some two hundred packages (loaders for remote schemas and the like) which are not needed here.
 * Another schema file, for instance of a server under development: RONDEL_SCHEMA=/path/to.graphql
 *
 * What the UI is ready for but the server does not answer yet stands in schema.pending.graphql, as extensions with
 * nullable fields. The types know it; the documents that are sent do not ask for it. What the schema has by now is
 * taken from there, and listed so that it can be struck off.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { codegen } from '@graphql-codegen/core'
import { preset } from '@graphql-codegen/client-preset'
import { buildASTSchema, extendSchema, parse, print, printSchema, validate, visit } from 'graphql'
import { compare, prune } from './prune.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const schemaFile = path.resolve(root, process.env.RONDEL_SCHEMA ?? 'schema.graphql')
const pendingFile = path.join(root, 'schema.pending.graphql')
const outputDir = path.join(root, 'src/graphql/generated/')

// Descriptions are for readers of the schema; in the generated types they would only be noise.
const bare = (text) =>
  visit(parse(text), {
    enter: (node) => ('description' in node ? { ...node, description: undefined } : undefined),
  })

const served = buildASTSchema(bare(readFileSync(schemaFile, 'utf8')))
const pending = existsSync(pendingFile) ? bare(readFileSync(pendingFile, 'utf8')) : undefined
const { missing, answered } = pending ? compare(pending, served) : { answered: [] }
const full = missing ? extendSchema(served, missing) : served

const documents = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.graphql'))
  .sort()
  .map((file) => {
    const location = path.join(root, 'src', file)
    const rawSDL = readFileSync(location, 'utf8')
    return { location, rawSDL, document: parse(rawSDL) }
  })

function check(schema, files) {
  const all = { kind: 'Document', definitions: files.flatMap((file) => file.document.definitions) }
  const problems = validate(schema, all)
  if (problems.length === 0) return
  for (const problem of problems) console.error(problem.toString())
  process.exit(1)
}

async function generate(schemaAst, files) {
  const targets = await preset.buildGeneratesSection({
    baseOutputDir: outputDir,
    schema: parse(printSchema(schemaAst)),
    schemaAst,
    documents: files,
    config: {
      documentMode: 'string',
      useTypeImports: true,
      enumsAsTypes: true,
      onlyOperationTypes: true,
      skipTypename: true,
      dedupeFragments: true,
      scalars: { GenericScalar: 'unknown', RunConfigData: 'unknown', JsonSchema: 'unknown' },
    },
    presetConfig: { fragmentMasking: false },
    plugins: [],
    pluginMap: {},
    pluginContext: {},
    documentTransforms: [],
  })
  // The preset's string-keyed lookup table would put every document into every page: documents are imported by name.
  const target = targets.find((each) => each.filename.endsWith('/graphql.ts'))
  return codegen({ ...target, documents: files })
}

check(full, documents)
let text = await generate(full, documents)
if (missing) {
  const asked = prune(documents, served, full).map((file) => ({ ...file, rawSDL: print(file.document) }))
  check(served, asked)
  // Types as the UI is written for, documents as the server answers them.
  const start = 'export class TypedDocumentString'
  const texts = await generate(served, asked)
  text = text.slice(0, text.indexOf(start)) + texts.slice(texts.indexOf(start))
}

rmSync(outputDir, { recursive: true, force: true })
mkdirSync(outputDir, { recursive: true })
writeFileSync(path.join(outputDir, 'graphql.ts'), `${text.trimEnd()}\n`)
for (const name of answered) console.log(`answered by now, strike it off schema.pending.graphql: ${name}`)
console.log(`generated ${(text.length / 1024).toFixed(0)} kB from ${path.relative(root, schemaFile)}`)

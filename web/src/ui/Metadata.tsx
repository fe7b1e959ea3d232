/** Metadata entries: everything user code attached to an asset, an event or a check, by its type. */
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import type { MetadataFieldsFragment, TableSchemaFieldsFragment } from '../graphql/generated/graphql'
import { assetPath, keyToText, runPath, shortId } from '../lib/names'
import { CopyText, Time } from './basics'
import { Markdown, safeHref } from './Markdown'
import './metadata.css'

export type MetadataEntry = MetadataFieldsFragment

export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

/** Big whole numbers arrive as text beside a null value, since GraphQL's Int has 32 bits. */
function int(entry: Extract<MetadataEntry, { __typename: 'IntMetadataEntry' }>): string {
  return entry.intValue == null ? entry.intRepr : entry.intValue.toLocaleString()
}

export function TableSchemaView({ schema }: { schema: TableSchemaFieldsFragment }) {
  return (
    <div className="table-wrap meta-table">
      <table className="table">
        <thead>
          <tr>
            <th>Column</th>
            <th>Type</th>
            <th>Description</th>
          </tr>
        </thead>
        <tbody>
          {schema.columns.map((column) => (
            <tr key={column.name}>
              <td className="mono">{column.name}</td>
              <td className="mono soft">
                {column.type}
                {!column.constraints.nullable && ' · not null'}
                {column.constraints.unique && ' · unique'}
              </td>
              <td className="soft">{column.description}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function RecordsTable({ entry }: { entry: Extract<MetadataEntry, { __typename: 'TableMetadataEntry' }> }) {
  const records = entry.table.records.map((text) => {
    try {
      return JSON.parse(text) as Record<string, unknown>
    } catch {
      return {}
    }
  })
  const columns = entry.table.schema.columns.map((column) => column.name)
  return (
    <div className="table-wrap meta-table">
      <table className="table">
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name}>{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {records.slice(0, 100).map((record, index) => (
            <tr key={index}>
              {columns.map((name) => (
                <td key={name}>
                  {record[name] == null ? <span className="muted">null</span> : String(record[name])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

export function MetadataValue({ entry }: { entry: MetadataEntry }): ReactNode {
  switch (entry.__typename) {
    case 'TextMetadataEntry':
      return <span className="meta-text">{entry.text}</span>
    case 'UrlMetadataEntry': {
      const href = safeHref(entry.url)
      return href ? (
        <a href={href} target="_blank" rel="noreferrer noopener">
          {entry.url}
        </a>
      ) : (
        entry.url
      )
    }
    case 'PathMetadataEntry':
    case 'NotebookMetadataEntry':
      return <CopyText text={entry.path} />
    case 'JsonMetadataEntry':
      return <pre className="code meta-json">{prettyJson(entry.jsonString)}</pre>
    case 'MarkdownMetadataEntry':
      return <Markdown text={entry.mdStr} />
    case 'PythonArtifactMetadataEntry':
      return <code>{`${entry.module}:${entry.name}`}</code>
    case 'FloatMetadataEntry':
      return entry.floatValue == null
        ? entry.floatRepr
        : entry.floatValue.toLocaleString(undefined, { maximumFractionDigits: 6 })
    case 'IntMetadataEntry':
      return int(entry)
    case 'BoolMetadataEntry':
      return String(entry.boolValue)
    case 'NullMetadataEntry':
      return <span className="muted">null</span>
    case 'TimestampMetadataEntry':
      return <Time at={entry.timestamp} absolute />
    case 'PipelineRunMetadataEntry':
      return <Link to={runPath(entry.runId)}>{shortId(entry.runId)}</Link>
    case 'AssetMetadataEntry':
      return <Link to={assetPath(entry.assetKey)}>{keyToText(entry.assetKey)}</Link>
    case 'JobMetadataEntry':
      return <span>{entry.jobName}</span>
    case 'PoolMetadataEntry':
      return <span>{entry.pool}</span>
    case 'TableSchemaMetadataEntry':
      return <TableSchemaView schema={entry.schema} />
    case 'TableMetadataEntry':
      return <RecordsTable entry={entry} />
    case 'TableColumnLineageMetadataEntry':
      return (
        <ul className="meta-list">
          {entry.lineage.map((column) => (
            <li key={column.columnName}>
              <code>{column.columnName}</code> ←{' '}
              {column.columnDeps.map((dep, index) => (
                <span key={index}>
                  {index > 0 && ', '}
                  <Link to={assetPath(dep.assetKey)}>{keyToText(dep.assetKey)}</Link>.
                  <code>{dep.columnName}</code>
                </span>
              ))}
            </li>
          ))}
        </ul>
      )
    case 'CodeReferencesMetadataEntry':
      return (
        <ul className="meta-list">
          {entry.codeReferences.map((reference, index) => (
            <li key={index}>
              {reference.__typename === 'UrlCodeReference' ? (
                <a href={safeHref(reference.url)} target="_blank" rel="noreferrer noopener">
                  {reference.label ?? reference.url}
                </a>
              ) : (
                <CopyText
                  text={`${reference.filePath}${reference.lineNumber ? `:${reference.lineNumber}` : ''}`}
                />
              )}
            </li>
          ))}
        </ul>
      )
  }
}

const blocks = new Set([
  'MarkdownMetadataEntry',
  'JsonMetadataEntry',
  'TableMetadataEntry',
  'TableSchemaMetadataEntry',
])

export function MetadataList({ entries }: { entries: readonly MetadataEntry[] }) {
  if (entries.length === 0) return <span className="muted">no metadata</span>
  return (
    <dl className="meta">
      {entries.map((entry, index) => (
        <div
          key={`${entry.label}-${index}`}
          className={blocks.has(entry.__typename) ? 'meta-block' : 'meta-row'}
        >
          <dt title={entry.description ?? undefined}>{entry.label}</dt>
          <dd>
            <MetadataValue entry={entry} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

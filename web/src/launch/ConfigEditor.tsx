/** The run config of a launch: a YAML editor which checks itself against the server while one types. */
import { lazy, Suspense, useEffect, useMemo, useState } from 'react'
import {
  LaunchSchemaDocument,
  ValidateConfigDocument,
  type LaunchSchemaQuery,
  type PipelineSelector,
} from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { Button, SkeletonRows } from '../ui/basics'
import { StatusDisc } from '../ui/StatusDisc'
import { completions, type ConfigSchema } from './completion'
import { markProblems, syntaxProblems, type Marked } from './configProblems'
import { scaffoldMissing } from './scaffold'
import './launch.css'

const YamlEditor = lazy(() => import('../ui/YamlEditor'))

function useSettled<T>(value: T, delay: number): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), delay)
    return () => clearTimeout(timer)
  }, [value, delay])
  return settled
}

export interface ConfigCheck {
  state: 'checking' | 'valid' | 'invalid' | 'unknown'
  problems: Marked[]
}

const noSelector: PipelineSelector = { pipelineName: '', repositoryName: '', repositoryLocationName: '' }

/** What the server says about `config`, a short moment after the last keystroke; without a job only its syntax. */
export function useConfigCheck(selector: PipelineSelector | undefined, config: string): ConfigCheck {
  const settled = useSettled(config, 350)
  const syntax = useMemo(() => syntaxProblems(config), [config])
  const query = useGql(
    ValidateConfigDocument,
    { pipeline: selector ?? noSelector, config: settled.trim() === '' ? {} : settled, mode: 'default' },
    { enabled: selector !== undefined && syntax.length === 0 },
  )
  return useMemo((): ConfigCheck => {
    if (syntax.length > 0) return { state: 'invalid', problems: syntax }
    if (!selector) return { state: 'unknown', problems: [] }
    const answer = query.data?.isPipelineConfigValid
    if (!answer || settled !== config) return { state: query.error ? 'unknown' : 'checking', problems: [] }
    if (answer.__typename === 'PipelineConfigValidationValid') return { state: 'valid', problems: [] }
    if (answer.__typename === 'RunConfigValidationInvalid') {
      return { state: 'invalid', problems: markProblems(config, answer.errors) }
    }
    return { state: 'invalid', problems: [{ from: 0, to: 0, message: answer.message, path: '' }] }
  }, [syntax, selector, query.data, query.error, settled, config])
}

export function useLaunchSchema(selector: PipelineSelector | undefined) {
  return useGql(
    LaunchSchemaDocument,
    { selector: selector ?? noSelector, mode: 'default' },
    { enabled: selector !== undefined, staleTime: 60_000 },
  )
}

export function schemaOf(
  data: LaunchSchemaQuery | undefined,
): Extract<LaunchSchemaQuery['runConfigSchemaOrError'], { __typename: 'RunConfigSchema' }> | undefined {
  const answer = data?.runConfigSchemaOrError
  return answer?.__typename === 'RunConfigSchema' ? answer : undefined
}

export function ConfigEditor(props: {
  value: string
  onChange: (value: string) => void
  check: ConfigCheck
  schema: ConfigSchema | undefined
  defaults: string | undefined
  onSubmit: () => void
}) {
  const { value, check, schema, defaults } = props
  return (
    <div className="config">
      <div className="config-editor">
        <Suspense fallback={<SkeletonRows rows={8} />}>
          <YamlEditor
            label="Run config, YAML"
            hint="# YAML; empty takes the defaults. Ctrl Space completes."
            value={value}
            onChange={props.onChange}
            problems={check.problems}
            onSubmit={props.onSubmit}
            complete={(context) => {
              if (!schema) return null
              const word = context.matchBefore(/[\w/.-]*/)
              const options = completions(schema, context.state.doc.toString(), context.pos)
              if (!word || (options.length === 0 && !context.explicit)) return null
              return { from: word.from, options }
            }}
          />
        </Suspense>
      </div>
      <div className="config-state row wrap" role="status">
        {check.state === 'checking' && <span className="muted">checking …</span>}
        {check.state === 'valid' && (
          <span className="row">
            <StatusDisc kind="success" /> Config is valid
          </span>
        )}
        {check.state === 'unknown' && <span className="muted">The server could not check this config.</span>}
        {check.state === 'invalid' && (
          <span className="row">
            <StatusDisc kind="failure" />{' '}
            {check.problems.length === 1 ? '1 problem' : `${check.problems.length} problems`}
          </span>
        )}
        <span className="push row">
          {schema && check.state === 'invalid' && (
            <Button small look="quiet" onClick={() => props.onChange(scaffoldMissing(schema, value))}>
              Add what is missing
            </Button>
          )}
          {defaults !== undefined && value.trim() !== defaults.trim() && (
            <Button small look="quiet" onClick={() => props.onChange(defaults)}>
              Fill in defaults
            </Button>
          )}
        </span>
      </div>
      {check.problems.length > 0 && (
        <ul className="config-problems">
          {check.problems.map((problem, index) => (
            <li key={index}>
              {problem.path && <code>{problem.path}</code>} {problem.message}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** The launch mutations, with failures as errors that can be shown. */
import { request } from '../graphql/client'
import { ApiError, expectType } from '../graphql/errors'
import {
  LaunchBackfillDocument,
  LaunchRunDocument,
  type ConfigProblemFragment,
  type ExecutionParams,
  type LaunchBackfillParams,
} from '../graphql/generated/graphql'

function explainConfig(errors: readonly ConfigProblemFragment[]): ApiError {
  const lines = errors.map((error) => `${error.path.join(' › ') || 'config'}: ${error.message}`)
  return new ApiError('refused', `The run config is not valid.\n${lines.join('\n')}`)
}

/** Launches one run and gives its id. */
export async function launchRun(params: ExecutionParams): Promise<string> {
  const { launchRun: answer } = await request(LaunchRunDocument, { params })
  if (answer.__typename === 'RunConfigValidationInvalid') throw explainConfig(answer.errors)
  return expectType(answer, 'LaunchRunSuccess').run.runId
}

/** Launches a backfill and gives its id. */
export async function launchBackfill(params: LaunchBackfillParams): Promise<string> {
  const { launchPartitionBackfill: answer } = await request(LaunchBackfillDocument, { params })
  if (answer?.__typename === 'RunConfigValidationInvalid') throw explainConfig(answer.errors)
  return expectType(answer, 'LaunchBackfillSuccess').backfillId
}

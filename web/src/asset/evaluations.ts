/** One evaluation of an automation condition as a tree. Pure. */
import type { AssetEvaluationsQuery } from '../graphql/generated/graphql'

type Answer = Extract<
  NonNullable<AssetEvaluationsQuery['assetConditionEvaluationRecordsOrError']>,
  { __typename: 'AssetConditionEvaluationRecords' }
>
export type Evaluation = Answer['records'][number]
export type EvaluationNode = Evaluation['evaluationNodes'][number]

export interface ConditionTree {
  node: EvaluationNode
  children: ConditionTree[]
}

/** The tree below the root; a node that occurs in itself (which the server never sends) ends there. */
export function conditionTree(evaluation: Evaluation): ConditionTree | undefined {
  const byId = new Map(evaluation.evaluationNodes.map((node) => [node.uniqueId, node]))
  const grow = (id: string, above: ReadonlySet<string>): ConditionTree | undefined => {
    const node = byId.get(id)
    if (!node || above.has(id)) return undefined
    const path = new Set(above).add(id)
    const children = node.childUniqueIds
      .map((child) => grow(child, path))
      .filter((each) => each !== undefined)
    return { node, children }
  }
  return grow(evaluation.rootUniqueId, new Set())
}

export type Outcome = 'true' | 'partly' | 'false' | 'skipped'

/** `skipped`: nothing was left to ask this part about. */
export function outcomeOf(node: EvaluationNode): Outcome {
  if (node.numTrue == null) return 'skipped'
  if (node.numCandidates === 0 && node.numTrue === 0) return 'skipped'
  if (node.numTrue === 0) return 'false'
  return node.isPartitioned && node.numCandidates != null && node.numTrue < node.numCandidates
    ? 'partly'
    : 'true'
}

const operators: Record<string, string> = {
  and: 'all of',
  or: 'any of',
  not: 'not',
}

/** What a node says: its label, or what it is made of in words. */
export function nodeText(node: EvaluationNode): string {
  if (node.userLabel) return node.userLabel
  return operators[node.operatorType] ?? node.expandedLabel.join(' ')
}

import { describe, expect, it } from 'vitest'
import { conditionTree, nodeText, outcomeOf, type Evaluation, type EvaluationNode } from './evaluations'

const node = (uniqueId: string, change: Partial<EvaluationNode> = {}): EvaluationNode => ({
  uniqueId,
  userLabel: null,
  expandedLabel: [uniqueId],
  numTrue: 0,
  numCandidates: 1,
  isPartitioned: false,
  childUniqueIds: [],
  operatorType: 'identity',
  startTimestamp: null,
  endTimestamp: null,
  entityKey: { __typename: 'AssetKey', path: ['a'] },
  ...change,
})
const evaluation = (...evaluationNodes: EvaluationNode[]): Evaluation => ({
  id: '1',
  evaluationId: '1',
  timestamp: 0,
  numRequested: 0,
  runIds: [],
  isLegacy: false,
  rootUniqueId: 'root',
  evaluationNodes,
})

describe('an evaluation', () => {
  it('is a tree, in the order of its parts, whatever the order of the nodes', () => {
    const tree = conditionTree(
      evaluation(node('b'), node('a'), node('root', { childUniqueIds: ['a', 'b', 'gone'] })),
    )
    expect(tree?.children.map((child) => child.node.uniqueId)).toEqual(['a', 'b'])
    expect(conditionTree(evaluation())).toBeUndefined()
  })

  it('ends where a node would contain itself', () => {
    const tree = conditionTree(evaluation(node('root', { childUniqueIds: ['root'] })))
    expect(tree?.children).toEqual([])
  })

  it('tells what came of a node', () => {
    expect(outcomeOf(node('a', { numTrue: 1 }))).toBe('true')
    expect(outcomeOf(node('a', { numTrue: 0 }))).toBe('false')
    expect(outcomeOf(node('a', { numTrue: null }))).toBe('skipped')
    expect(outcomeOf(node('a', { numTrue: 2, numCandidates: 5, isPartitioned: true }))).toBe('partly')
    expect(outcomeOf(node('a', { numTrue: 0, numCandidates: 0, isPartitioned: true }))).toBe('skipped')
  })

  it('says operators in words and prefers labels people gave', () => {
    expect(nodeText(node('a', { operatorType: 'and' }))).toBe('all of')
    expect(nodeText(node('a', { operatorType: 'and', userLabel: 'eager' }))).toBe('eager')
    expect(nodeText(node('newly updated'))).toBe('newly updated')
  })
})

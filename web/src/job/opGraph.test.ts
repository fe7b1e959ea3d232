import { describe, expect, it } from 'vitest'
import { crumbs, opsAt, type Handle } from './opGraph'

const handle = (id: string, deps: string[] = []): Handle =>
  ({
    handleID: id,
    parent: id.includes('.') ? { handleID: id.slice(0, id.lastIndexOf('.')) } : null,
    solid: {
      name: id.split('.').at(-1),
      inputs: deps.map((name) => ({
        definition: { name: 'x' },
        dependsOn: [{ definition: { name: 'result' }, solid: { name } }],
      })),
    },
  }) as unknown as Handle

describe('the ops of a job', () => {
  const handles = [
    handle('read'),
    handle('clean', ['read', 'read']),
    handle('clean.trim'),
    handle('clean.check', ['trim']),
  ]

  it('are shown level by level', () => {
    expect(opsAt(handles, '').edges).toEqual([{ from: 'read', to: 'clean' }])
    expect(opsAt(handles, 'clean').handles.map((each) => each.handleID)).toEqual([
      'clean.trim',
      'clean.check',
    ])
    expect(opsAt(handles, 'clean').edges).toEqual([{ from: 'clean.trim', to: 'clean.check' }])
  })

  it('have a path of graphs above them', () => {
    expect(crumbs('a.b.c')).toEqual(['a', 'a.b', 'a.b.c'])
    expect(crumbs('')).toEqual([])
  })
})

import { useMemo, useState } from 'react'
import { useNavigate } from 'react-router'
import { PaletteIndexDocument, type PaletteIndexQuery } from '../graphql/generated/graphql'
import { useGql } from '../graphql/hooks'
import { assetPath, isHiddenJob, jobPath, keyToText, schedulePath, sensorPath } from '../lib/names'
import { Dialog } from '../ui/Dialog'
import { pages } from './pages'
import { search, type Command } from './palette'

function commandsOf(data: PaletteIndexQuery | undefined): Command[] {
  const commands: Command[] = pages.map((page) => ({ title: page.title, kind: 'page', path: page.path }))
  if (data?.workspaceOrError.__typename === 'Workspace') {
    for (const entry of data.workspaceOrError.locationEntries) {
      commands.push({
        title: entry.name,
        kind: 'code location',
        path: `/deployment?location=${encodeURIComponent(entry.name)}`,
      })
      if (entry.locationOrLoadError?.__typename !== 'RepositoryLocation') continue
      for (const repository of entry.locationOrLoadError.repositories) {
        const repo = { repository: repository.name, location: entry.name }
        for (const job of repository.pipelines) {
          if (!isHiddenJob(job.name))
            commands.push({ title: job.name, kind: 'job', path: jobPath(repo, job.name) })
        }
        for (const each of repository.schedules) {
          commands.push({ title: each.name, kind: 'schedule', path: schedulePath(repo, each.name) })
        }
        for (const each of repository.sensors) {
          commands.push({ title: each.name, kind: 'sensor', path: sensorPath(repo, each.name) })
        }
        for (const group of repository.assetGroups) {
          commands.push({
            title: group.groupName,
            kind: 'asset group',
            path: `/lineage?group=${encodeURIComponent(group.groupName)}`,
          })
        }
      }
    }
  }
  if (data?.assetsOrError.__typename === 'AssetConnection') {
    for (const { key } of data.assetsOrError.nodes) {
      commands.push({ title: keyToText(key), kind: 'asset', path: assetPath(key) })
    }
  }
  return commands
}

export default function CommandPalette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(0)
  const navigate = useNavigate()
  const query = useGql(PaletteIndexDocument, {}, { staleTime: 30_000 })
  const commands = useMemo(() => commandsOf(query.data), [query.data])
  const hits = useMemo(() => {
    const found = search(commands, text)
    const runId = text.trim()
    return /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(runId)
      ? [{ title: runId, kind: 'run', path: `/runs/${runId}` }, ...found]
      : found
  }, [commands, text])

  const go = (command: Command | undefined) => {
    if (!command) return
    onClose()
    void navigate(command.path)
  }
  const onKey = (event: React.KeyboardEvent) => {
    if (event.key === 'ArrowDown') setChosen(Math.min(hits.length - 1, chosen + 1))
    else if (event.key === 'ArrowUp') setChosen(Math.max(0, chosen - 1))
    else if (event.key === 'Enter') go(hits[chosen])
    else return
    event.preventDefault()
  }
  return (
    <Dialog title="Go to" onClose={onClose}>
      <input
        className="input"
        role="combobox"
        aria-expanded
        aria-controls="palette-hits"
        aria-activedescendant={`palette-${chosen}`}
        aria-label="Jump to an asset, job, schedule, sensor, run id or page"
        placeholder="Asset, job, schedule, sensor, run id, page …"
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setChosen(0)
        }}
        onKeyDown={onKey}
      />
      <ul className="palette-hits" id="palette-hits" role="listbox" aria-label="Results">
        {hits.map((hit, index) => (
          <li
            key={`${hit.kind} ${hit.path}`}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === chosen}
            ref={index === chosen ? (node) => node?.scrollIntoView({ block: 'nearest' }) : undefined}
            onPointerMove={() => setChosen(index)}
            onClick={() => go(hit)}
          >
            <span className="clip">{hit.title}</span>
            <span className="push muted nowrap">{hit.kind}</span>
          </li>
        ))}
        {hits.length === 0 && <li className="muted">Nothing is called like that.</li>}
      </ul>
    </Dialog>
  )
}

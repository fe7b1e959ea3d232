/** Switches a schedule or a sensor on and off. */
import { useState } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { request } from '../graphql/client'
import { expectType } from '../graphql/errors'
import {
  StartScheduleDocument,
  StartSensorDocument,
  StopScheduleDocument,
  StopSensorDocument,
  type InstigatorHeadFragment,
} from '../graphql/generated/graphql'
import { Switch } from '../ui/basics'
import { notifyError } from '../ui/toast'

async function turn(state: InstigatorHeadFragment, on: boolean) {
  const repo = { repositoryName: state.repositoryName, repositoryLocationName: state.repositoryLocationName }
  if (state.instigationType === 'SCHEDULE') {
    if (on) {
      const answer = await request(StartScheduleDocument, { selector: { ...repo, scheduleName: state.name } })
      expectType(answer.startSchedule, 'ScheduleStateResult')
    } else {
      expectType(
        (await request(StopScheduleDocument, { id: state.id })).stopRunningSchedule,
        'ScheduleStateResult',
      )
    }
    return
  }
  if (on) {
    const answer = await request(StartSensorDocument, { selector: { ...repo, sensorName: state.name } })
    expectType(answer.startSensor, 'Sensor')
  } else {
    expectType((await request(StopSensorDocument, { id: state.id })).stopSensor, 'StopSensorMutationResult')
  }
}

export function InstigatorSwitch({ state }: { state: InstigatorHeadFragment }) {
  const client = useQueryClient()
  // What was asked for, shown until the server's own answer arrives.
  const [wanted, setWanted] = useState<boolean | null>(null)
  const on = state.status === 'RUNNING'
  const allowed = on ? state.hasStopPermission : state.hasStartPermission
  const change = async (next: boolean) => {
    setWanted(next)
    try {
      await turn(state, next)
    } catch (error) {
      notifyError(error)
    }
    await client.invalidateQueries()
    setWanted(null)
  }
  const kind = state.instigationType === 'SCHEDULE' ? 'schedule' : 'sensor'
  return (
    <Switch
      on={wanted ?? on}
      busy={wanted !== null || !allowed}
      label={`${on ? 'Turn off' : 'Turn on'} ${kind} ${state.name}`}
      onChange={(next) => void change(next)}
    />
  )
}

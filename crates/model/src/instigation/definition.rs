//! What the code of a schedule or sensor says about its state, and how switching it changes what is
//! stored (`RemoteSchedule`/`RemoteSensor.get_current_instigator_state`, `Scheduler.start_schedule`,
//! `DagsterInstance.start_sensor` and their kin). Pure: the stored state and the time come in, the new
//! state and what to write go out.

use super::{
    InstigatorData, InstigatorState, InstigatorStatus, InstigatorType, OneOrMany,
    ScheduleInstigatorData, SensorInstigatorData, SensorType,
};
use crate::origin::RemoteInstigatorOrigin;
use crate::snap::{DefaultScheduleStatus, DefaultSensorStatus, ScheduleSnap, SensorSnap};

/// Seconds between evaluations of a sensor that names none.
pub const DEFAULT_SENSOR_INTERVAL: i64 = 30;

/// A schedule or sensor as its code defines it.
#[derive(Debug, Clone)]
pub struct InstigatorDefinition {
    origin: RemoteInstigatorOrigin,
    runs_by_default: bool,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Schedule(OneOrMany),
    Sensor { min_interval: i64, sensor_type: SensorType },
}

/// What to write so that a state takes effect.
#[derive(Debug, Clone, PartialEq)]
pub struct StateChange {
    /// The state from now on.
    pub state: InstigatorState,
    /// How the store gets there.
    pub write: StateWrite,
}

/// How the store gets to a new state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateWrite {
    /// It is there already.
    Nothing,
    /// Add a row.
    Add,
    /// Delete the row (an instigator of the other type had the same name), then add one.
    Replace,
    /// Change the row.
    Update,
}

impl InstigatorDefinition {
    /// A schedule.
    pub fn schedule(origin: RemoteInstigatorOrigin, snap: &ScheduleSnap) -> Self {
        Self {
            origin,
            runs_by_default: snap.default_status == Some(DefaultScheduleStatus::Running),
            kind: Kind::Schedule(snap.cron_schedule.clone()),
        }
    }

    /// A sensor.
    pub fn sensor(origin: RemoteInstigatorOrigin, snap: &SensorSnap) -> Self {
        let min_interval = snap.min_interval.filter(|interval| *interval != 0);
        Self {
            origin,
            runs_by_default: snap.default_status == Some(DefaultSensorStatus::Running),
            kind: Kind::Sensor {
                min_interval: min_interval.unwrap_or(DEFAULT_SENSOR_INTERVAL),
                sensor_type: snap.sensor_type.unwrap_or(SensorType::Unknown),
            },
        }
    }

    /// Whether it runs unless someone switches it off.
    pub fn runs_by_default(&self) -> bool {
        self.runs_by_default
    }

    /// The state that counts: the stored one, unless it only says that code once declared it running.
    pub fn current(&self, stored: Option<&InstigatorState>) -> InstigatorState {
        let Some(stored) = stored else {
            let status = if self.runs_by_default {
                InstigatorStatus::DeclaredInCode
            } else {
                InstigatorStatus::Stopped
            };
            return self.state(status, self.data(None));
        };
        let mut state = stored.clone();
        if !self.runs_by_default && state.status == InstigatorStatus::DeclaredInCode {
            state.status = InstigatorStatus::Stopped;
        }
        state
    }

    /// Switches it on.
    pub fn start(&self, stored: Option<&InstigatorState>, now: f64) -> StateChange {
        let (stored, fresh) = self.usable(stored);
        let current = self.current(stored);
        if current.status.is_running() {
            return StateChange { state: current, write: StateWrite::Nothing };
        }
        let Some(stored) = stored else {
            return StateChange {
                state: self.state(InstigatorStatus::Running, self.data(Some(now))),
                write: fresh,
            };
        };
        let data = match (&self.kind, stored.sensor_data()) {
            (Kind::Sensor { .. }, Some(data)) => InstigatorData::Sensor(SensorInstigatorData {
                last_sensor_start_timestamp: Some(now),
                ..data.clone()
            }),
            _ => self.data(Some(now)),
        };
        let mut state = stored.clone();
        state.status = InstigatorStatus::Running;
        state.instigator_data = Some(data);
        StateChange { state, write: StateWrite::Update }
    }

    /// Switches it off.
    pub fn stop(&self, stored: Option<&InstigatorState>) -> StateChange {
        let (stored, fresh) = self.usable(stored);
        let current = self.current(stored);
        if !current.status.is_running() {
            return StateChange { state: current, write: StateWrite::Nothing };
        }
        match stored {
            None => StateChange {
                state: self.state(InstigatorStatus::Stopped, self.data(None)),
                write: fresh,
            },
            Some(stored) => StateChange { state: stopped(stored), write: StateWrite::Update },
        }
    }

    /// Lets the code decide again.
    pub fn reset(&self, stored: Option<&InstigatorState>) -> StateChange {
        let (stored, fresh) = self.usable(stored);
        match stored {
            None => StateChange {
                state: self.state(InstigatorStatus::DeclaredInCode, self.data(None)),
                write: fresh,
            },
            Some(stored) => {
                let mut state = stored.clone();
                state.status = InstigatorStatus::DeclaredInCode;
                StateChange { state, write: StateWrite::Update }
            }
        }
    }

    /// Gives a sensor another cursor.
    pub fn set_cursor(
        &self,
        stored: Option<&InstigatorState>,
        cursor: Option<String>,
    ) -> StateChange {
        let current = self.current(stored);
        let known = current.sensor_data().cloned().unwrap_or_default();
        let data = match &self.kind {
            Kind::Sensor { min_interval, sensor_type } => {
                InstigatorData::Sensor(SensorInstigatorData {
                    last_tick_timestamp: known.last_tick_timestamp,
                    last_run_key: known.last_run_key,
                    min_interval: Some(*min_interval),
                    cursor,
                    sensor_type: Some(*sensor_type),
                    ..SensorInstigatorData::default()
                })
            }
            Kind::Schedule(_) => self.data(None),
        };
        let mut state = current;
        state.instigator_data = Some(data);
        let write = if stored.is_some() { StateWrite::Update } else { StateWrite::Add };
        StateChange { state, write }
    }

    /// The stored state if it is one of this type, and how a first state is written.
    fn usable<'a>(
        &self,
        stored: Option<&'a InstigatorState>,
    ) -> (Option<&'a InstigatorState>, StateWrite) {
        match stored {
            Some(state) if state.instigator_type != self.instigator_type() => {
                (None, StateWrite::Replace)
            }
            other => (other, StateWrite::Add),
        }
    }

    fn instigator_type(&self) -> InstigatorType {
        match self.kind {
            Kind::Schedule(_) => InstigatorType::Schedule,
            Kind::Sensor { .. } => InstigatorType::Sensor,
        }
    }

    fn state(&self, status: InstigatorStatus, data: InstigatorData) -> InstigatorState {
        InstigatorState::new(self.origin.clone(), self.instigator_type(), status, Some(data))
    }

    fn data(&self, started: Option<f64>) -> InstigatorData {
        match &self.kind {
            Kind::Schedule(cron) => {
                InstigatorData::Schedule(ScheduleInstigatorData::new(cron.clone(), started))
            }
            Kind::Sensor { min_interval, sensor_type } => {
                InstigatorData::Sensor(SensorInstigatorData {
                    min_interval: Some(*min_interval),
                    last_sensor_start_timestamp: started,
                    sensor_type: Some(*sensor_type),
                    ..SensorInstigatorData::default()
                })
            }
        }
    }
}

/// A stored state switched off, for an instigator whose code may be gone.
pub fn stopped(stored: &InstigatorState) -> InstigatorState {
    let mut state = stored.clone();
    state.status = InstigatorStatus::Stopped;
    state.instigator_data = match stored.instigator_data.clone() {
        // A schedule forgets since when it ran.
        Some(InstigatorData::Schedule(data)) => {
            Some(InstigatorData::Schedule(ScheduleInstigatorData::new(data.cron_schedule, None)))
        }
        // A sensor keeps its cursor.
        other => other,
    };
    state
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origin::{CodeLocationOrigin, RegisteredCodeLocationOrigin, RemoteRepositoryOrigin};

    fn origin() -> RemoteInstigatorOrigin {
        let location = RegisteredCodeLocationOrigin {
            location_name: "here".to_owned(),
            ..RegisteredCodeLocationOrigin::default()
        };
        RemoteRepositoryOrigin::new(CodeLocationOrigin::Registered(location), "repo")
            .instigator("it")
    }

    fn sensor(default: Option<DefaultSensorStatus>) -> InstigatorDefinition {
        let snap =
            SensorSnap { name: "it".to_owned(), default_status: default, ..SensorSnap::default() };
        InstigatorDefinition::sensor(origin(), &snap)
    }

    #[test]
    fn a_sensor_never_seen_before_is_stopped_unless_its_code_declares_it_running() {
        assert_eq!(sensor(None).current(None).status, InstigatorStatus::Stopped);
        let declared = sensor(Some(DefaultSensorStatus::Running)).current(None);
        assert_eq!(declared.status, InstigatorStatus::DeclaredInCode);
        assert!(declared.status.is_running());
    }

    #[test]
    fn a_leftover_declaration_counts_as_stopped_once_the_code_no_longer_declares_it() {
        let declared = sensor(Some(DefaultSensorStatus::Running)).current(None);
        assert_eq!(sensor(None).current(Some(&declared)).status, InstigatorStatus::Stopped);
    }

    #[test]
    fn starting_keeps_the_cursor_and_notes_the_time() {
        let with_cursor = sensor(None).set_cursor(None, Some("7".to_owned()));
        assert_eq!(with_cursor.write, StateWrite::Add);
        let started = sensor(None).start(Some(&with_cursor.state), 5.0);
        assert_eq!(started.write, StateWrite::Update);
        let data = started.state.sensor_data().cloned();
        assert_eq!(
            data.map(|data| (data.cursor, data.last_sensor_start_timestamp)),
            Some((Some("7".to_owned()), Some(5.0)))
        );
        let again = sensor(None).start(Some(&started.state), 6.0);
        assert_eq!(again.write, StateWrite::Nothing);
    }

    #[test]
    fn a_state_of_a_schedule_of_the_same_name_is_replaced() {
        let other = InstigatorState::new(
            origin(),
            InstigatorType::Schedule,
            InstigatorStatus::Running,
            None,
        );
        assert_eq!(sensor(None).start(Some(&other), 1.0).write, StateWrite::Replace);
        assert_eq!(sensor(None).stop(Some(&other)).write, StateWrite::Nothing);
        assert_eq!(sensor(None).reset(Some(&other)).write, StateWrite::Replace);
    }
}

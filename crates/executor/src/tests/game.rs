//! A run played through: what is decided is written as events, as the daemon does, and read back.

use std::collections::HashSet;

use rondel_model::event::{DagsterEvent, DagsterEventType, EventLogEntry, StepRetryData, level};
use rondel_model::plan::{StepOutputData, StepOutputHandle};
use rondel_model::run::DagsterRun;
use rondel_model::serdes::Number;
use rondel_model::snap::{ExecutionPlanSnapshot, ExecutionStepSnap};

use super::plans::{handle, plan_of};
use crate::{
    Action, Blocked, Claims, Outcome, Plan, Progress, Rules, Situation, StepLimit, decide, events,
};

/// A run, with everything around it played.
pub(super) struct Game {
    pub(super) run: DagsterRun,
    pub(super) progress: Progress,
    pub(super) log: Vec<EventLogEntry>,
    pub(super) now: f64,
    pub(super) max_concurrent: Option<usize>,
    pub(super) limits: Vec<StepLimit>,
    pub(super) claims: Claims,
    pub(super) undecided: HashSet<String>,
    /// Free slots of every pool.
    pub(super) slots: usize,
}

impl Game {
    pub(super) fn of(steps: Vec<ExecutionStepSnap>) -> Self {
        Self::with(plan_of(steps), Rules::default())
    }

    pub(super) fn with(plan: ExecutionPlanSnapshot, rules: Rules) -> Self {
        Self {
            run: DagsterRun::new("run", "job"),
            progress: Progress::new(Plan::from_snapshot(&plan).unwrap(), rules),
            log: Vec::new(),
            now: 1_000.0,
            max_concurrent: None,
            limits: Vec::new(),
            claims: Claims::default(),
            undecided: HashSet::new(),
            slots: 1,
        }
    }

    pub(super) fn write(&mut self, entry: EventLogEntry) {
        self.progress.apply(&entry);
        self.log.push(entry);
    }

    pub(super) fn event(&mut self, event: DagsterEvent) {
        self.write(events::entry(&self.run.run_id.clone(), self.now, event));
    }

    fn of_step(&mut self, event_type: DagsterEventType, step: &str) {
        self.event(DagsterEvent::new(event_type, "job").with_step_key(step));
    }

    pub(super) fn yields(&mut self, step: &str, mapping_key: Option<&str>) {
        let data = StepOutputData {
            step_output_handle: StepOutputHandle {
                mapping_key: mapping_key.map(str::to_owned),
                ..handle(step, "result")
            },
            ..StepOutputData::default()
        };
        let event = DagsterEvent::new(DagsterEventType::StepOutput, "job");
        self.event(event.with_step_key(step).with_data(data));
    }

    pub(super) fn succeeds(&mut self, step: &str) -> String {
        self.yields(step, None);
        self.ends(step)
    }

    /// Success without the output.
    pub(super) fn ends(&mut self, step: &str) -> String {
        self.of_step(DagsterEventType::StepSuccess, step);
        self.claims.granted.remove(step);
        self.play()
    }

    pub(super) fn fails(&mut self, step: &str) -> String {
        self.of_step(DagsterEventType::StepFailure, step);
        self.play()
    }

    pub(super) fn wants_retry(&mut self, step: &str, seconds: f64) -> String {
        let data =
            StepRetryData { seconds_to_wait: Some(Number::Float(seconds)), ..Default::default() };
        let event = DagsterEvent::new(DagsterEventType::StepUpForRetry, "job");
        self.event(event.with_step_key(step).with_data(data));
        self.play()
    }

    /// Does what is decided until nothing is; tells what that was.
    pub(super) fn play(&mut self) -> String {
        let mut done = Vec::new();
        loop {
            self.progress.settle(self.now);
            let situation = Situation {
                now: self.now,
                max_concurrent: self.max_concurrent,
                limits: &self.limits,
                claims: &self.claims,
                undecided: &self.undecided,
            };
            let decision = decide(&self.progress, &situation);
            if decision.actions.is_empty() || done.len() > 100 {
                return done.join(" ");
            }
            for action in decision.actions {
                let ends = matches!(action, Action::Finish(_) | Action::Cancel | Action::CleanUp);
                done.extend(self.act(action));
                if ends {
                    return done.join(" ");
                }
            }
        }
    }

    fn act(&mut self, action: Action) -> Option<String> {
        let run = self.run.clone();
        let at = self.now;
        match action {
            Action::Start => self.event(events::run_start(&run)),
            Action::Announce => self.event(events::announcement(&run, "K8sStepHandler")),
            Action::Skip { step, .. } => {
                let known = self.progress.plan().step(&step).unwrap().clone();
                self.event(events::step_skipped(&run, &known));
                return Some(format!("skip:{step}"));
            }
            Action::Tell { step, text } => {
                self.write(events::message(&run, &step, level::ERROR, text.clone(), at));
                return Some(format!("tell:{text}"));
            }
            Action::Fail { step } => {
                let known = self.progress.plan().step(&step).unwrap().clone();
                self.event(events::step_failure(&run, &known, Default::default()));
                return Some(format!("fail:{step}"));
            }
            Action::Claim { step, .. } => {
                if self.slots > 0 {
                    self.slots -= 1;
                    self.claims.blocked.remove(&step);
                    self.claims.granted.insert(step);
                } else {
                    let before = self.claims.blocked.get(&step).copied();
                    self.claims.blocked.insert(step, Blocked::again(at, before));
                }
            }
            Action::SayBlocked { step, pool, is_first } => {
                let known = self.progress.plan().step(&step).unwrap().clone();
                self.event(events::step_blocked(&run, &known, &pool, is_first));
                return Some(format!("blocked:{step}"));
            }
            Action::Launch { step } => {
                let known = self.progress.plan().step(&step).unwrap().clone();
                self.event(events::step_worker_starting(&run, &known, "worker"));
                return Some(format!("launch:{step}"));
            }
            Action::Finish(Outcome::Success) => return Some("success".to_owned()),
            Action::Finish(Outcome::StepsFailed) => return Some("failure".to_owned()),
            Action::Cancel => return Some("cancel".to_owned()),
            Action::CleanUp => return Some("clean-up".to_owned()),
        }
        None
    }
}

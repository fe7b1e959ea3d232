//! What to do for a run now. Pure: how far it is, the time and the limits come in.
//!
//! Each action is written down before it is done (an event of the run), and takes effect on [`Progress`] when
//! that event is read back. Deciding again without having read anything new gives the same actions.

use std::collections::{HashMap, HashSet};

use crate::limits::{StepLimit, StepLimits};
use crate::progress::Progress;

/// How often the log repeats that a step waits for its pool, in seconds
/// (`CONCURRENCY_CLAIM_MESSAGE_INTERVAL`).
const BLOCKED_REMINDER: f64 = 300.0;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Write that the run has begun.
    Start,
    /// Write that its steps are being executed.
    Announce,
    /// Write that a step is skipped for want of these outputs.
    Skip {
        /// The step.
        step: String,
        /// What is missing.
        missing: Vec<String>,
    },
    /// Write why a step will not be executed.
    Tell {
        /// The step.
        step: String,
        /// Why.
        text: String,
    },
    /// End the attempt at a step whose worker could not make what it needs.
    Fail {
        /// The step.
        step: String,
    },
    /// Ask for a slot of a pool.
    Claim {
        /// The step.
        step: String,
        /// The pool.
        pool: String,
        /// Its priority among the steps of the run.
        priority: i64,
    },
    /// Write that a step waits for its pool.
    SayBlocked {
        /// The step.
        step: String,
        /// The pool.
        pool: String,
        /// It was not said before.
        is_first: bool,
    },
    /// Start a step.
    Launch {
        /// The step.
        step: String,
    },
    /// Write how the run has ended.
    Finish(Outcome),
    /// Stop what is under way; the run is to be canceled.
    Cancel,
    /// Stop what is under way; the run was ended by somebody else.
    CleanUp,
}

/// How a run ends whose steps have all ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// No step failed.
    Success,
    /// Some did.
    StepsFailed,
}

/// What is known about slots of pools.
#[derive(Debug, Clone, Default)]
pub struct Claims {
    /// Steps that have theirs, or need none.
    pub granted: HashSet<String>,
    /// Steps that wait for theirs.
    pub blocked: HashMap<String, Blocked>,
}

/// A step that waits for a slot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Blocked {
    /// When to ask again.
    pub ask_at: f64,
    /// How often it was asked for.
    pub count: i32,
}

/// Seconds between two questions for a slot, at the most.
const LONGEST_PAUSE: f64 = 15.0;

impl Blocked {
    /// A step whose claim was refused now, after so many refusals before.
    #[must_use]
    pub fn again(now: f64, before: Option<Self>) -> Self {
        let count = before.map_or(0, |blocked| blocked.count);
        // `_calculate_timeout_interval`: ever later, up to a quarter of a minute
        let pause = if count > 30 { LONGEST_PAUSE } else { 1.1_f64.powi(count).min(LONGEST_PAUSE) };
        Self { ask_at: now + pause, count: count + 1 }
    }

    /// Whether it is time to ask again; at once when the clock was set back meanwhile.
    fn is_due(&self, now: f64) -> bool {
        self.ask_at <= now || self.ask_at > now + LONGEST_PAUSE
    }
}

/// What a decision depends on besides the run's progress.
#[derive(Debug)]
pub struct Situation<'a> {
    /// The time, in seconds.
    pub now: f64,
    /// At most so many steps at once.
    pub max_concurrent: Option<usize>,
    /// At most so many steps with a tag at once.
    pub limits: &'a [StepLimit],
    /// Slots of pools.
    pub claims: &'a Claims,
    /// Steps of which somebody is deciding whether they are tried again.
    pub undecided: &'a HashSet<String>,
}

/// What to do, and when to decide again at the latest.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// In this order.
    pub actions: Vec<Action>,
    /// When something falls due.
    pub wake_at: Option<f64>,
}

/// Decides. `progress` must be settled at `situation.now`.
#[must_use]
pub fn decide(progress: &Progress, situation: &Situation<'_>) -> Decision {
    let only = |action| Decision { actions: vec![action], wake_at: None };
    if progress.ended().is_some() {
        return only(Action::CleanUp);
    }
    if progress.is_canceling() {
        return only(Action::Cancel);
    }
    if !progress.is_started() {
        return only(Action::Start);
    }
    if !progress.is_announced() {
        return only(Action::Announce);
    }
    let mut actions = Vec::new();
    for (step, flight) in progress.in_flight() {
        if flight.failure.is_some() && !situation.undecided.contains(step) {
            actions.push(Action::Fail { step: step.clone() });
        }
    }
    for (step, missing) in &progress.to_skip {
        actions.push(Action::Skip { step: step.clone(), missing: missing.clone() });
    }
    for (step, text) in progress.untold() {
        actions.push(Action::Tell { step, text });
    }
    // What was just said may make more steps ready; they are started in their order then.
    if !actions.is_empty() {
        return Decision { actions, wake_at: None };
    }
    if progress.is_complete() {
        let (_, failed) = progress.failures();
        let outcome = if failed.is_empty() { Outcome::Success } else { Outcome::StepsFailed };
        return only(Action::Finish(outcome));
    }
    let mut wake_at = progress.next_retry();
    launches(progress, situation, &mut actions, &mut wake_at);
    Decision { actions, wake_at }
}

/// Mirrors `ActiveExecution.get_steps_to_execute`. A claim ends the list: what comes after depends on what
/// becomes of it.
fn launches(
    progress: &Progress,
    situation: &Situation<'_>,
    actions: &mut Vec<Action>,
    wake_at: &mut Option<f64>,
) {
    let step_of = |key: &String| progress.plan().step(key);
    let mut ready: Vec<_> = progress.executable.iter().filter_map(step_of).collect();
    ready.sort_by_key(|step| -step.priority());
    let in_flight = progress.in_flight().keys().filter_map(step_of).map(AsRef::as_ref);
    let mut limits = StepLimits::new(situation.limits, in_flight);
    let mut count = progress.in_flight().len();
    for step in ready {
        if situation.max_concurrent.is_some_and(|max| count >= max) {
            break;
        }
        if limits.is_blocked(step) {
            continue;
        }
        if let Some(pool) = step.pool()
            && !situation.claims.granted.contains(&step.key)
        {
            let key = step.key.clone();
            let Some(blocked) = situation.claims.blocked.get(&key) else {
                let pool = pool.to_owned();
                actions.push(Action::Claim { step: key, pool, priority: step.priority() });
                return;
            };
            if blocked.is_due(situation.now) {
                let pool = pool.to_owned();
                actions.push(Action::Claim { step: key, pool, priority: step.priority() });
                return;
            }
            *wake_at = Some(wake_at.map_or(blocked.ask_at, |at| at.min(blocked.ask_at)));
            let said_at = progress.blocked_said_at(&key);
            if said_at.is_none_or(|at| situation.now - at > BLOCKED_REMINDER) {
                let (pool, is_first) = (pool.to_owned(), said_at.is_none());
                actions.push(Action::SayBlocked { step: key, pool, is_first });
            }
            // as in Dagster, a step that waits for its pool is counted by its tags
            limits.add(step);
            continue;
        }
        limits.add(step);
        count += 1;
        actions.push(Action::Launch { step: step.key.clone() });
    }
}

//! What can stop an evaluation.

use rondel_asset_graph::ResolveError;
use rondel_cron::CronError;
use rondel_model::serdes::SerdesError;
use rondel_partitions::PartitionsError;

use crate::key::Key;

/// An evaluation that has no answer.
#[derive(Debug, thiserror::Error)]
pub enum AutomationError {
    /// A key that is neither of an asset, a check nor a job.
    #[error("`{0}` is no key of an asset, asset check or job; a newer Dagster may have written it")]
    UnknownKey(String),
    /// An entity the graph does not hold.
    #[error("the asset graph has no `{}`; reload the code location", .0.to_user_string())]
    NotInGraph(Key),
    /// An entity without condition was to be evaluated.
    #[error("`{}` has no automation condition", .0.to_user_string())]
    NoCondition(Key),
    /// A condition this version does not know.
    #[error(
        "the condition class `{0}` is not known here; it can only be evaluated in its code location"
    )]
    UnknownCondition(String),
    /// A rule of the policies which preceded conditions.
    #[error(
        "the legacy rule `{0}` is not known here; replace the auto-materialize policy by an automation \
         condition"
    )]
    LegacyRule(String),
    /// A selection of a newer Dagster.
    #[error("the asset selection class `{0}` is not known here; it cannot narrow a condition")]
    UnknownSelection(String),
    /// A selection which cannot be resolved.
    #[error(transparent)]
    Selection(#[from] ResolveError),
    /// A condition applied to the wrong kind of entity.
    #[error("the condition `{condition}` cannot be evaluated for `{}`", .key.to_user_string())]
    WrongEntity {
        /// The condition's name.
        condition: String,
        /// The entity.
        key: Key,
    },
    /// Parts of an entity with and without partitions were combined.
    #[error("`{}` was combined with and without partitions; its definition has changed", .0.to_user_string())]
    MixedSubsets(Key),
    /// Facts a condition asks for were not observed.
    #[error("{what} of `{}` was not observed", .key.to_user_string())]
    NotObserved {
        /// Which fact.
        what: &'static str,
        /// Of which entity.
        key: Key,
    },
    /// Whoever takes the evaluations has stopped to.
    #[error("the evaluations of this tick could not be handed on")]
    NotTaken,
    /// A stored cursor in an unknown form.
    #[error(
        "the stored cursor `{0}…` has a form this version does not know; a newer Dagster may have \
         written it, or its text was cut"
    )]
    UnknownCursor(String),
    /// The graph has a cycle, which only several code locations together can make.
    #[error(
        "circular dependencies exist among these assets and checks: {0}; remove a dependency in one of their \
         code locations"
    )]
    Cycle(String),
    /// Partitions that do not fit together.
    #[error(transparent)]
    Partitions(#[from] PartitionsError),
    /// A cron schedule that cannot be read.
    #[error(transparent)]
    Cron(#[from] CronError),
    /// A stored value that cannot be read.
    #[error(transparent)]
    Serdes(#[from] SerdesError),
    /// Conditions of one entity failed.
    #[error("error while evaluating conditions for {}", .key.to_user_string())]
    Entity {
        /// The entity.
        key: Key,
        /// What went wrong.
        source: Box<AutomationError>,
    },
}

/// Short for results of this crate.
pub type Result<T> = std::result::Result<T, AutomationError>;

//! The asset selection language: `key:"a/*" and not tag:"team"="x" or sinks(group:core)+2`, and the older clauses
//! `*a`, `++a`, `a+`, `tag:a=b`.
//!
//! [`Selection`] mirrors the classes of `dagster/_core/definitions/asset_selection.py`; [`Selection::parse`] is
//! `AssetSelection.from_string`, [`Selection::resolve`] is `resolve_inner` over the workspace-wide graph. Where
//! Dagster answers "invalid selection string", the error here also says where and what was expected.

mod legacy;
mod lexer;
mod parser;
mod resolve;
mod stored;
#[cfg(test)]
mod tests;

use rondel_model::ids::{AssetCheckKey, AssetKey};
use thiserror::Error;

pub use resolve::{Missing, ResolveError};

/// Whether attribute filters and `*` select external assets too. Dagster's `include_sources`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sources {
    /// External assets are selected like any other.
    Include,
    /// Only materializable assets are selected; the default of Dagster's Python API.
    Exclude,
}

/// A structural attribute usable as `is:…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribute {
    /// Produced outside of Dagster.
    External,
    /// Produced by a materialization function.
    Materializable,
}

/// A query over the assets of a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// `*`
    All(Sources),
    /// Exactly these keys; unknown ones are an error unless allowed.
    Keys(Vec<AssetKey>),
    /// `key:"a*"`, over every asset, external or not.
    KeyPattern(String),
    /// Assets whose key starts with one of these prefixes.
    KeyPrefixes(Vec<Vec<String>>, Sources),
    /// Assets whose key, written with slashes, contains the text.
    KeySubstring(String, Sources),
    /// `group:a`; no group at all (`group:<null>`) selects nothing.
    Groups(Vec<String>, Sources),
    /// `group:"a*"`
    GroupPattern(String, Sources),
    /// `kind:a`, or `kind:<null>` for assets without a kind.
    Kind(Option<String>, Sources),
    /// `tag:key=value`; without value, the empty value.
    Tag(String, String, Sources),
    /// `owner:a`; `<null>` selects nothing.
    Owner(Option<String>),
    /// `is:external`, `is:materializable`
    Is(Attribute),
    /// `code_location:a` or `code_location:"repository@a"`
    CodeLocation(Option<String>),
    /// `partitions:static|dynamic|time|multipartitions|none`
    Partitions(Option<String>),
    /// `sensor:a`: assets that the sensor targets.
    Sensor(Option<String>),
    /// `schedule:a`: assets that the schedule targets.
    Schedule(Option<String>),
    /// `job:a`: assets that the job materializes.
    Job(Option<String>),
    /// `status:`, `column:`, `column_tag:`, `table_name:`, `changed_in_branch:`, `automation_type:`: accepted by the
    /// grammar, answered only where more than the graph is known.
    OutsideGraph {
        /// The attribute's name in the language.
        attribute: &'static str,
        /// The value asked for; `key=value` for a column tag.
        value: Option<String>,
    },
    /// Every asset check, no asset.
    AllChecks,
    /// The checks on these assets, no asset.
    ChecksOf(Vec<AssetKey>),
    /// These checks, no asset.
    Checks(Vec<AssetCheckKey>),
    /// `a and b`
    And(Vec<Selection>),
    /// `a or b`
    Or(Vec<Selection>),
    /// The first without the second; `not a` is everything without `a`.
    Subtract(Box<Selection>, Box<Selection>),
    /// `sinks(a)`: members with no other member downstream.
    Sinks(Box<Selection>),
    /// `roots(a)`: members with no other member upstream.
    Roots(Box<Selection>),
    /// The materializable members.
    Materializable(Box<Selection>),
    /// Members and whatever must be executed together with them.
    RequiredNeighbors(Box<Selection>),
    /// External assets upstream of members.
    ParentSources(Box<Selection>),
    /// `2+a`: members and what is at most so many steps upstream, materializable assets only.
    Upstream {
        /// Where to start.
        child: Box<Selection>,
        /// Steps at most; `None` for all.
        depth: Option<usize>,
        /// Whether the start itself belongs to the result.
        include_self: bool,
    },
    /// `a+2`: members and what is at most so many steps downstream.
    Downstream {
        /// Where to start.
        child: Box<Selection>,
        /// Steps at most; `None` for all.
        depth: Option<usize>,
        /// Whether the start itself belongs to the result.
        include_self: bool,
    },
}

/// A text that is no selection.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("invalid asset selection {text:?}: {problem} at character {position}")]
pub struct ParseError {
    /// The whole text.
    pub text: String,
    /// Characters before the offending place.
    pub position: usize,
    /// What is wrong there, and what may stand there instead.
    pub problem: String,
}

impl Selection {
    /// Reads a selection as Dagster does: the selection language first, then the older clauses.
    ///
    /// # Errors
    /// When neither grammar accepts the text; the position is that of the selection language.
    pub fn parse(text: &str, sources: Sources) -> Result<Self, ParseError> {
        let error = match parser::parse(text, sources) {
            Ok(selection) => return Ok(selection),
            Err(error) => error,
        };
        legacy::parse(text).ok_or_else(|| ParseError {
            text: text.to_owned(),
            position: error.position,
            problem: error.problem,
        })
    }

    /// The union of several selections, as a list of strings means in Dagster; nothing for an empty list.
    #[must_use]
    pub fn any_of(mut selections: Vec<Self>) -> Self {
        if selections.len() == 1 { selections.remove(0) } else { Self::Or(selections) }
    }

    /// The union; lists of alternatives are joined, not nested.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let open = |selection| match selection {
            Self::Or(operands) => operands,
            one => vec![one],
        };
        let mut operands = open(self);
        operands.extend(open(other));
        Self::Or(operands)
    }

    /// The intersection; lists of conditions are joined, not nested.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let open = |selection| match selection {
            Self::And(operands) => operands,
            one => vec![one],
        };
        let mut operands = open(self);
        operands.extend(open(other));
        Self::And(operands)
    }
}

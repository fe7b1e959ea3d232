//! What one entity's condition remembers between ticks, held compactly.
//!
//! The stored form names the partitions definition with every set of partitions; in memory a set points at
//! the definition of the graph, which makes a cursor about a tenth as large. Sets as they were stored are
//! kept as such until they are evaluated again, so that reading and writing changes nothing.

use std::sync::LazyLock;

use rondel_model::automation::{
    AssetSubsetWithMetadata, AutomationConditionCursor, AutomationConditionNodeCursor,
    CandidateSubset, HistoricalAllPartitionsSubsetSentinel,
};
use rondel_model::metadata::Metadata;
use rondel_model::partition::EntitySubset;
use rondel_model::serdes::{Extra, Map, Value, from_text, to_text};
use rondel_partitions::{Context, PartitionsDefinition};

use crate::digest::Digest;
use crate::error::Result;
use crate::subset::{EntityPart, PartValue};

/// A part of an entity as of an earlier tick.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Remembered {
    /// As evaluated by this process; never "every partition", which is spelled out when remembered.
    Part(EntityPart),
    /// As stored, or of definitions whose keys the graph does not hold.
    Stored(Box<EntitySubset>),
}

impl Remembered {
    /// In the form of evaluations (`convert_to_serializable_subset` with ranges of dynamic partitions).
    pub(crate) fn of(part: &EntityPart, context: &Context) -> Result<Self> {
        match part.spelled_out(context)? {
            Some(part) => Ok(Self::Part(part)),
            None => Ok(Self::Stored(Box::new(part.to_evaluation(context)?))),
        }
    }

    /// In the form of the extra state of nodes.
    pub(crate) fn of_state(part: &EntityPart, context: &Context) -> Result<Self> {
        match part.spelled_out(context)? {
            Some(part) => Ok(Self::Part(part)),
            None => Ok(Self::Stored(Box::new(part.to_stored(context)?))),
        }
    }

    pub(crate) fn to_stored(&self) -> Result<EntitySubset> {
        match self {
            // Parts that are spelled out ask nothing of the context.
            Self::Part(part) => part.to_stored(&Context::default()),
            Self::Stored(stored) => Ok((**stored).clone()),
        }
    }

    /// Whether it is certain that nothing is in the part.
    pub(crate) fn is_surely_empty(&self) -> bool {
        matches!(self, Self::Part(part) if part.is_empty())
    }
}

impl EntityPart {
    /// The part with "every partition" spelled out; none for definitions whose keys are not the graph's,
    /// since those would be kept alive with the part.
    fn spelled_out(&self, context: &Context) -> Result<Option<Self>> {
        let PartValue::Partitions(partitions) = &self.value else { return Ok(Some(self.clone())) };
        match &**partitions.definition() {
            PartitionsDefinition::TimeWindow(_) | PartitionsDefinition::Static(_) => {
                let partitions = partitions.spelled_out(context)?;
                Ok(Some(Self::new(&self.key, PartValue::Partitions(partitions))))
            }
            PartitionsDefinition::Dynamic(_) | PartitionsDefinition::Multi(_) => Ok(None),
        }
    }
}

/// What a node was asked about.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Candidates {
    /// Every partition there was.
    All,
    /// Some.
    Some(Remembered),
    /// Of a class this version does not know.
    Other(Box<CandidateSubset>),
}

impl Candidates {
    pub(crate) fn of(part: &EntityPart, context: &Context) -> Result<Self> {
        match &part.value {
            PartValue::Partitions(partitions) if partitions.is_all() => Ok(Self::All),
            _ => Remembered::of(part, context).map(Self::Some),
        }
    }

    fn read(stored: CandidateSubset) -> Self {
        match stored {
            CandidateSubset::Subset(subset) => Self::Some(Remembered::Stored(Box::new(subset))),
            CandidateSubset::HistoricalAll(sentinel)
                if sentinel == HistoricalAllPartitionsSubsetSentinel::default() =>
            {
                Self::All
            }
            other => Self::Other(Box::new(other)),
        }
    }

    fn to_stored(&self) -> Result<CandidateSubset> {
        Ok(match self {
            Self::All => {
                CandidateSubset::HistoricalAll(HistoricalAllPartitionsSubsetSentinel::default())
            }
            Self::Some(part) => CandidateSubset::Subset(part.to_stored()?),
            Self::Other(other) => (**other).clone(),
        })
    }
}

/// What a node keeps for itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum State {
    /// Nothing.
    #[default]
    None,
    /// A part.
    Part(Box<Remembered>),
    /// Several.
    Parts(Box<[Remembered]>),
    /// Anything else, or a part as stored.
    Value(Box<Value>),
}

impl State {
    pub(crate) fn text(text: String) -> Self {
        Self::Value(Box::new(Value::String(text)))
    }

    pub(crate) fn part(part: &EntityPart, context: &Context) -> Result<Self> {
        Ok(Self::Part(Box::new(Remembered::of_state(part, context)?)))
    }

    pub(crate) fn parts<'p>(
        parts: impl Iterator<Item = &'p EntityPart>,
        context: &Context,
    ) -> Result<Self> {
        let parts = parts.map(|part| Remembered::of_state(part, context));
        Ok(Self::Parts(parts.collect::<Result<_>>()?))
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Value(value) => value.as_str(),
            Self::None | Self::Part(_) | Self::Parts(_) => None,
        }
    }

    /// The part, if it is one.
    pub(crate) fn as_part(&self) -> Option<Remembered> {
        match self {
            Self::None | Self::Parts(_) => None,
            Self::Part(part) => Some((**part).clone()),
            Self::Value(value) => stored_part(value),
        }
    }

    /// The parts, if it is a list of them.
    pub(crate) fn as_parts(&self) -> Vec<Remembered> {
        match self {
            Self::None | Self::Part(_) => Vec::new(),
            Self::Parts(parts) => parts.to_vec(),
            Self::Value(value) => {
                value.as_list().unwrap_or_default().iter().filter_map(stored_part).collect()
            }
        }
    }

    fn read(value: Value) -> Self {
        if value.is_null() { Self::None } else { Self::Value(Box::new(value)) }
    }

    fn to_stored(&self) -> Result<Value> {
        Ok(match self {
            Self::None => Value::Null,
            Self::Part(part) => from_text(&to_text(&part.to_stored()?))?,
            Self::Parts(parts) => {
                let values = parts.iter().map(|part| Ok(from_text(&to_text(&part.to_stored()?))?));
                Value::List(values.collect::<Result<_>>()?)
            }
            Self::Value(value) => (**value).clone(),
        })
    }
}

fn stored_part(value: &Value) -> Option<Remembered> {
    value.class_name()?;
    value.to_typed().ok().map(|stored| Remembered::Stored(Box::new(stored)))
}

/// What a node remembers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NodeCursor {
    pub(crate) true_subset: Remembered,
    pub(crate) candidates: Candidates,
    pub(crate) state: State,
    rest: Option<Box<Rest>>,
}

/// What few nodes have.
#[derive(Debug, Clone, PartialEq)]
struct Rest {
    reasons: Vec<AssetSubsetWithMetadata>,
    metadata: Option<Metadata>,
    extra: Extra,
}

impl Rest {
    fn is_ordinary(&self) -> bool {
        self.reasons.is_empty()
            && self.metadata.as_ref().is_some_and(|metadata| metadata.is_empty())
            && self.extra == Extra::default()
    }
}

impl NodeCursor {
    pub(crate) fn new(
        true_subset: Remembered,
        candidates: Candidates,
        state: State,
        reasons: Vec<AssetSubsetWithMetadata>,
        metadata: Metadata,
    ) -> Self {
        let rest = Rest { reasons, metadata: Some(metadata), extra: Extra::default() };
        Self { true_subset, candidates, state, rest: rest.boxed() }
    }

    /// Parts with the reasons for them.
    pub(crate) fn reasons(&self) -> &[AssetSubsetWithMetadata] {
        self.rest.as_ref().map(|rest| rest.reasons.as_slice()).unwrap_or_default()
    }

    pub(crate) fn metadata(&self) -> Option<&Metadata> {
        self.rest.as_ref()?.metadata.as_ref()
    }

    fn read(stored: AutomationConditionNodeCursor) -> Self {
        let rest = Rest {
            reasons: stored.subsets_with_metadata,
            metadata: stored.metadata,
            extra: stored.extra,
        };
        Self {
            true_subset: Remembered::Stored(Box::new(stored.true_subset)),
            candidates: Candidates::read(stored.candidate_subset),
            state: State::read(stored.extra_state),
            rest: rest.boxed(),
        }
    }

    /// Fields no version known here writes.
    pub(super) fn extra(&self) -> Option<&Extra> {
        self.rest.as_ref().map(|rest| &rest.extra)
    }

    /// The metadata as stored; none where there is not even an empty map.
    pub(super) fn stored_metadata(&self) -> Option<&Metadata> {
        static NONE: LazyLock<Metadata> = LazyLock::new(Metadata::default);
        match &self.rest {
            Some(rest) => rest.metadata.as_ref(),
            None => Some(&NONE),
        }
    }

    pub(super) fn to_stored(&self) -> Result<AutomationConditionNodeCursor> {
        let rest = self.rest.as_deref();
        Ok(AutomationConditionNodeCursor {
            true_subset: self.true_subset.to_stored()?,
            candidate_subset: self.candidates.to_stored()?,
            subsets_with_metadata: self.reasons().to_vec(),
            extra_state: self.state.to_stored()?,
            metadata: rest.map_or_else(|| Some(Metadata::default()), |rest| rest.metadata.clone()),
            extra: rest.map(|rest| rest.extra.clone()).unwrap_or_default(),
        })
    }
}

impl Rest {
    fn boxed(self) -> Option<Box<Self>> {
        (!self.is_ordinary()).then(|| Box::new(self))
    }
}

/// What an entity's condition remembers (`AutomationConditionCursor`).
#[derive(Debug, Clone)]
pub struct EntityCursor {
    pub(crate) previous_requested: Remembered,
    /// The time of the evaluation, in Unix seconds.
    pub(crate) effective_timestamp: f64,
    pub(crate) last_event_id: Option<i64>,
    /// By the ids of the nodes; few, so that looking one up goes through all.
    nodes: Box<[(Digest, NodeCursor)]>,
    result_value_hash: Box<str>,
    /// What no version known here writes.
    unknown: Option<Box<Unknown>>,
}

/// What another version may have stored beside the rest.
#[derive(Debug, Clone, Default, PartialEq)]
struct Unknown {
    /// Under ids that are no digests.
    nodes: Vec<(String, NodeCursor)>,
    extra: Extra,
}

impl EntityCursor {
    pub(crate) fn new(
        previous_requested: Remembered,
        effective_timestamp: f64,
        last_event_id: Option<i64>,
        nodes: Vec<(Digest, NodeCursor)>,
        result_value_hash: Digest,
    ) -> Self {
        Self {
            previous_requested,
            effective_timestamp,
            last_event_id,
            nodes: nodes.into_boxed_slice(),
            result_value_hash: result_value_hash.to_string().into(),
            unknown: None,
        }
    }

    /// The hash of the last result.
    pub fn result_value_hash(&self) -> &str {
        &self.result_value_hash
    }

    pub(crate) fn node(&self, id: Digest) -> Option<&NodeCursor> {
        self.nodes.iter().find(|(known, _)| *known == id).map(|(_, node)| node)
    }

    pub(super) fn nodes(&self) -> &[(Digest, NodeCursor)] {
        &self.nodes
    }

    /// Whether it holds what no version known here writes.
    pub(super) fn has_unknown(&self) -> bool {
        self.unknown.is_some()
    }

    /// The same as of another time.
    pub(crate) fn as_of(&self, effective_timestamp: f64, last_event_id: Option<i64>) -> Self {
        Self { effective_timestamp, last_event_id, ..self.clone() }
    }

    /// Whether both remember the same, save for when.
    pub(crate) fn is_same_but_for_time(&self, other: &Self) -> bool {
        self.result_value_hash == other.result_value_hash
            && self.previous_requested == other.previous_requested
            && self.nodes == other.nodes
            && self.unknown == other.unknown
    }

    pub(crate) fn read(stored: AutomationConditionCursor) -> Self {
        let mut unknown = Unknown { nodes: Vec::new(), extra: stored.extra };
        let mut nodes = Vec::with_capacity(stored.node_cursors_by_unique_id.len());
        for (id, node) in stored.node_cursors_by_unique_id {
            let node = NodeCursor::read(node);
            match Digest::parse(&id) {
                Some(id) => nodes.push((id, node)),
                None => unknown.nodes.push((id, node)),
            }
        }
        Self {
            previous_requested: Remembered::Stored(Box::new(stored.previous_requested_subset)),
            effective_timestamp: stored.effective_timestamp,
            last_event_id: stored.last_event_id,
            nodes: nodes.into(),
            result_value_hash: stored.result_value_hash.into(),
            unknown: (unknown != Unknown::default()).then(|| Box::new(unknown)),
        }
    }

    /// The stored form.
    ///
    /// # Errors
    /// Partitions that cannot be counted.
    pub fn to_stored(&self) -> Result<AutomationConditionCursor> {
        let mut nodes = Map::with_capacity(self.nodes.len());
        for (id, node) in &self.nodes {
            nodes.insert(id.to_string(), node.to_stored()?);
        }
        for (id, node) in self.unknown.iter().flat_map(|unknown| &unknown.nodes) {
            nodes.insert(id.clone(), node.to_stored()?);
        }
        Ok(AutomationConditionCursor {
            previous_requested_subset: self.previous_requested.to_stored()?,
            effective_timestamp: self.effective_timestamp,
            last_event_id: self.last_event_id,
            node_cursors_by_unique_id: nodes,
            result_value_hash: self.result_value_hash.to_string(),
            extra: self.unknown.as_ref().map(|it| it.extra.clone()).unwrap_or_default(),
        })
    }
}

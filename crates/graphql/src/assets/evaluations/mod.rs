//! What automation conditions evaluated to, tick by tick.

mod key;
mod node;
mod older;
mod part;
mod query;
mod record;
mod rules;

pub(crate) use query::EvaluationQuery;
pub(super) use rules::{AutoMaterializeAssetEvaluationRecord, latest_of};

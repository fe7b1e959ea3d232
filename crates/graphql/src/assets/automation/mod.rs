//! Automation as code declares it: conditions, the older policies, backfill policies.

mod condition;
mod policy;

pub(crate) use condition::AutomationCondition;
pub(super) use policy::{AutoMaterializeDecisionType, AutoMaterializeRule};
pub(crate) use policy::{AutoMaterializePolicy, BackfillPolicy};

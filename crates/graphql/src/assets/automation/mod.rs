//! Automation as code declares it: conditions, the older policies, backfill policies.

mod condition;
mod policy;

pub(crate) use condition::AutomationCondition;
pub(crate) use policy::{AutoMaterializePolicy, BackfillPolicy};

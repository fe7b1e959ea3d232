//! Execution plans: the steps of a run and what they depend on.

mod plan;
mod query;

pub(crate) use plan::{ExecutionPlan, planned_asset_keys, planned_check_keys};
pub(crate) use query::ExecutionPlanQuery;

//! Components of code locations: the types that can be used, the instances in use, their recorded
//! state, and refreshing it (`dagster_graphql/implementation/fetch_component_types.py`,
//! `fetch_app_managed_components.py`).
//!
//! Which components there are is told by the repositories of the location; which version of state
//! each has, and the components kept in it, by [`state`]. Components edited from the UI need a
//! permission that Dagster's open source edition never grants, so the mutations for them refuse.

mod form_schema;
mod instances;
mod mutations;
mod query;
mod state;
mod types;

pub(crate) use mutations::ComponentMutation;
pub(crate) use query::ComponentQuery;

//! HTTP: GraphQL, websockets, the web UI, captured logs, health.
//!
//! Serves what dagster-webserver serves, at the same addresses with the same statuses, from one
//! [`Webserver`]: bind first (a port in use is an error with its remedy), then [`Webserver::run`]
//! until told to stop; running requests get a grace period, websockets are closed with a reason.
//! Stateless: any number of servers can run on one database.

// Optimised builds lay out the futures of the whole GraphQL schema at once.
#![recursion_limit = "512"]

mod downloads;
mod error;
mod graphql;
mod info;
mod notebook;
mod options;
mod report;
mod routes;
mod server;
mod state;
mod ui;

pub use error::WebserverError;
pub use info::metrics_handle;
pub use options::{UiSource, WebserverOptions};
pub use server::{Webserver, serve};
pub use ui::installed_ui;

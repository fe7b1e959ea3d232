//! `/graphql`: over HTTP ([`http`]) and over a websocket ([`socket`]).

pub(crate) mod http;
mod message;
pub(crate) mod socket;

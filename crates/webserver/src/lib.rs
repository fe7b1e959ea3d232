//! HTTP: GraphQL, websockets, the web UI, captured logs, health.

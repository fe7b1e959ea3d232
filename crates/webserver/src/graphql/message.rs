//! The messages of the two websocket subprotocols, as pure translations.
//!
//! `graphql-ws` is Apollo's old protocol, which Dagster and its UI speak; `graphql-transport-ws`
//! is today's. Dagster reads the operation name from `operation_name`, its UI sends
//! `operationName`: both are taken.

use serde::Deserialize;
use serde_json::{Value, json};

/// The subprotocol of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// `graphql-ws`.
    Legacy,
    /// `graphql-transport-ws`.
    Transport,
}

impl Protocol {
    /// The name in `Sec-WebSocket-Protocol`; a client which names none speaks the old one.
    pub(crate) fn from_name(name: Option<&str>) -> Self {
        if name == Some("graphql-transport-ws") { Protocol::Transport } else { Protocol::Legacy }
    }
}

/// What a client asks for.
#[derive(Debug, PartialEq)]
pub(crate) enum Incoming {
    Init,
    Start { id: String, payload: Operation },
    Stop { id: String },
    Terminate,
    Ping,
    Ignored,
}

/// A GraphQL operation in a message.
#[derive(Debug, Deserialize, PartialEq)]
pub(crate) struct Operation {
    pub(crate) query: String,
    #[serde(default)]
    pub(crate) variables: Option<Value>,
    #[serde(default, rename = "operationName", alias = "operation_name")]
    pub(crate) operation_name: Option<String>,
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    id: Option<Value>,
    #[serde(default)]
    payload: Option<Value>,
}

/// Reads a client's message; the error is the reason to close the connection with.
pub(crate) fn read(text: &str) -> Result<Incoming, String> {
    let envelope: Envelope =
        serde_json::from_str(text).map_err(|e| format!("not a protocol message: {e}"))?;
    let id = |id: Option<Value>| match id {
        Some(Value::String(id)) => Ok(id),
        Some(Value::Number(id)) => Ok(id.to_string()),
        _ => Err("the message lacks its id".to_owned()),
    };
    match envelope.kind.as_str() {
        "connection_init" => Ok(Incoming::Init),
        "start" | "subscribe" => Ok(Incoming::Start {
            id: id(envelope.id)?,
            payload: serde_json::from_value(envelope.payload.unwrap_or_default())
                .map_err(|e| format!("the message lacks an operation: {e}"))?,
        }),
        "stop" | "complete" => Ok(Incoming::Stop { id: id(envelope.id)? }),
        "connection_terminate" => Ok(Incoming::Terminate),
        "ping" => Ok(Incoming::Ping),
        "pong" => Ok(Incoming::Ignored),
        other => Err(format!("unknown message type {other:?}")),
    }
}

pub(crate) fn ack() -> String {
    json!({"type": "connection_ack"}).to_string()
}

pub(crate) fn pong() -> String {
    json!({"type": "pong"}).to_string()
}

/// One answer of an operation.
pub(crate) fn data(protocol: Protocol, id: &str, response: &async_graphql::Response) -> String {
    let kind = match protocol {
        Protocol::Legacy => "data",
        Protocol::Transport => "next",
    };
    json!({"type": kind, "id": id, "payload": response}).to_string()
}

/// The operation could not be started: the old protocol carries one error, the new one all.
pub(crate) fn error(protocol: Protocol, id: &str, errors: &[async_graphql::ServerError]) -> String {
    let payload = match protocol {
        Protocol::Legacy => json!(errors.first()),
        Protocol::Transport => json!(errors),
    };
    json!({"type": "error", "id": id, "payload": payload}).to_string()
}

pub(crate) fn complete(id: &str) -> String {
    json!({"type": "complete", "id": id}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_the_operation_name_are_read() {
        for name in ["operationName", "operation_name"] {
            let text =
                format!(r#"{{"type":"start","id":7,"payload":{{"query":"{{a}}","{name}":"A"}}}}"#);
            let Ok(Incoming::Start { id, payload }) = read(&text) else { panic!("not a start") };
            assert_eq!(id, "7");
            assert_eq!(payload.operation_name.as_deref(), Some("A"));
        }
    }

    #[test]
    fn a_message_that_is_none_is_refused_with_a_reason() {
        assert!(read("[]").unwrap_err().contains("not a protocol message"));
        assert!(read(r#"{"type":"dance"}"#).unwrap_err().contains("dance"));
        assert!(read(r#"{"type":"start","id":"1"}"#).unwrap_err().contains("operation"));
    }
}

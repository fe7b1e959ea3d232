//! GraphQL over a websocket, in both subprotocols.
//!
//! Each operation is a task of the connection, which ends with it: on `stop`, when the client goes
//! away, and at shutdown. All tasks write through one bounded channel, so that a client which does
//! not read slows its own subscriptions and nobody else's.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_graphql::{Request, Variables};
use axum::{
    extract::{
        State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket},
    },
    http::HeaderMap,
    response::Response,
};
use futures::{SinkExt, StreamExt, pin_mut};
use tokio::{sync::mpsc, task::JoinSet};

use super::message::{self, Incoming, Operation, Protocol};
use crate::state::AppState;

/// Messages waiting for a slow client before its subscriptions wait.
const OUTGOING: usize = 64;
/// Keeps proxies from closing a quiet connection.
const PING_EVERY: Duration = Duration::from_secs(25);

const CLOSE_GOING_AWAY: u16 = 1001;
const CLOSE_BAD_MESSAGE: u16 = 4400;
const CLOSE_UNAUTHORIZED: u16 = 4401;
const CLOSE_DUPLICATE_ID: u16 = 4409;
const CLOSE_TOO_MANY_INITS: u16 = 4429;

/// `GET /graphql` with an upgrade.
pub(crate) async fn upgrade(
    State(app): State<Arc<AppState>>,
    headers: HeaderMap,
    ws: WebSocketUpgrade,
) -> Response {
    let ws = ws.protocols(["graphql-transport-ws", "graphql-ws"]);
    let protocol = Protocol::from_name(ws.selected_protocol().and_then(|name| name.to_str().ok()));
    ws.on_upgrade(move |socket| converse(app, headers, protocol, socket))
}

async fn converse(app: Arc<AppState>, headers: HeaderMap, protocol: Protocol, socket: WebSocket) {
    let (mut sink, mut source) = socket.split();
    let (outgoing, mut to_client) = mpsc::channel::<String>(OUTGOING);
    let mut connection = Connection {
        app: Arc::clone(&app),
        headers: Arc::new(headers),
        protocol,
        acknowledged: false,
        operations: HashMap::new(),
        tasks: JoinSet::new(),
        outgoing,
    };
    let mut ping = tokio::time::interval(PING_EVERY);
    ping.tick().await;
    let close = loop {
        tokio::select! {
            () = app.shutdown.cancelled() => {
                break Some((CLOSE_GOING_AWAY, "the server is shutting down".to_owned()));
            }
            Some(text) = to_client.recv() => {
                if sink.send(Message::Text(text.into())).await.is_err() {
                    break None;
                }
            }
            _ = ping.tick() => {
                if sink.send(Message::Ping(bytes::Bytes::new())).await.is_err() {
                    break None;
                }
            }
            Some(_) = connection.tasks.join_next() => {}
            received = source.next() => match received {
                Some(Ok(Message::Text(text))) => match connection.receive(&text) {
                    Next::Reply(reply) => {
                        if sink.send(Message::Text(reply.into())).await.is_err() {
                            break None;
                        }
                    }
                    Next::Nothing => {}
                    Next::Close(code, reason) => break Some((code, reason)),
                },
                Some(Ok(Message::Close(_)) | Err(_)) | None => break None,
                Some(Ok(_)) => {}
            },
        }
    };
    connection.tasks.shutdown().await;
    if let Some((code, reason)) = close {
        let frame = CloseFrame { code, reason: reason.into() };
        // The client may be gone already: nothing more to do for it then.
        let _ = sink.send(Message::Close(Some(frame))).await;
    }
}

/// What follows from a client's message.
enum Next {
    Reply(String),
    Nothing,
    Close(u16, String),
}

struct Connection {
    app: Arc<AppState>,
    /// Of the request that opened it.
    headers: Arc<HeaderMap>,
    protocol: Protocol,
    acknowledged: bool,
    operations: HashMap<String, tokio::task::AbortHandle>,
    tasks: JoinSet<()>,
    outgoing: mpsc::Sender<String>,
}

impl Connection {
    fn receive(&mut self, text: &str) -> Next {
        match message::read(text) {
            Err(reason) => Next::Close(CLOSE_BAD_MESSAGE, reason),
            Ok(Incoming::Init) if self.acknowledged && self.protocol == Protocol::Transport => {
                Next::Close(CLOSE_TOO_MANY_INITS, "too many initialisation requests".to_owned())
            }
            Ok(Incoming::Init) => {
                self.acknowledged = true;
                Next::Reply(message::ack())
            }
            Ok(Incoming::Ping) => Next::Reply(message::pong()),
            Ok(Incoming::Ignored) => Next::Nothing,
            Ok(Incoming::Terminate) => Next::Close(1000, String::new()),
            Ok(Incoming::Stop { id }) => {
                if let Some(task) = self.operations.remove(&id) {
                    task.abort();
                }
                Next::Nothing
            }
            Ok(Incoming::Start { id, payload }) => self.start(id, payload),
        }
    }

    fn start(&mut self, id: String, operation: Operation) -> Next {
        if self.protocol == Protocol::Transport && !self.acknowledged {
            return Next::Close(CLOSE_UNAUTHORIZED, "not initialised".to_owned());
        }
        self.operations.retain(|_, task| !task.is_finished());
        if self.operations.contains_key(&id) {
            return match self.protocol {
                // The old protocol's servers ignore a second start of the same id.
                Protocol::Legacy => Next::Nothing,
                Protocol::Transport => {
                    Next::Close(CLOSE_DUPLICATE_ID, format!("subscriber for {id} already exists"))
                }
            };
        }
        let (app, headers) = (Arc::clone(&self.app), Arc::clone(&self.headers));
        let work = run(app, self.protocol, id.clone(), operation, self.outgoing.clone());
        let app = Arc::clone(&self.app);
        let task = self.tasks.spawn(async move { app.on_behalf_of(&headers, work).await });
        self.operations.insert(id, task);
        Next::Nothing
    }
}

/// Runs one operation to its end.
async fn run(
    app: Arc<AppState>,
    protocol: Protocol,
    id: String,
    operation: Operation,
    outgoing: mpsc::Sender<String>,
) {
    let mut request = Request::new(operation.query)
        .variables(Variables::from_json(operation.variables.unwrap_or_default()));
    request.operation_name = operation.operation_name.filter(|name| !name.is_empty());
    let responses = rondel_graphql::execute_stream(&app.schema, request);
    pin_mut!(responses);
    let mut first = true;
    while let Some(response) = responses.next().await {
        let could_not_start = first
            && !response.errors.is_empty()
            && response.errors.iter().all(|e| e.path.is_empty());
        first = false;
        if could_not_start {
            // Nobody reads any more when sending fails: the connection is closing.
            let _ = outgoing.send(message::error(protocol, &id, &response.errors)).await;
            return;
        }
        if outgoing.send(message::data(protocol, &id, &response)).await.is_err() {
            return;
        }
    }
    let _ = outgoing.send(message::complete(&id)).await;
}

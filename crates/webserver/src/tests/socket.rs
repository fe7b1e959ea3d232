use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use super::{Running, start};
use crate::options::WebserverOptions;

struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    async fn connect(server: &Running, protocol: Option<&str>) -> Self {
        let url = format!("{}/graphql", server.base.replace("http:", "ws:"));
        let mut request = url.into_client_request().unwrap();
        if let Some(protocol) = protocol {
            request.headers_mut().insert("sec-websocket-protocol", protocol.parse().unwrap());
        }
        Client(connect_async(request).await.unwrap().0)
    }

    async fn send(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    async fn receive(&mut self) -> Value {
        loop {
            match self.0.next().await.unwrap().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Close(frame) => {
                    return json!({"close": u16::from(frame.unwrap().code)});
                }
                _ => {}
            }
        }
    }
}

#[tokio::test]
async fn the_old_protocol_starts_and_completes_an_operation() {
    let server = start(WebserverOptions::default()).await;
    let mut client = Client::connect(&server, Some("graphql-ws")).await;
    client.send(json!({"type": "connection_init"})).await;
    assert_eq!(client.receive().await, json!({"type": "connection_ack"}));
    client.send(json!({"type": "start", "id": "1", "payload": {"query": "{ version }"}})).await;
    let data = json!({"type": "data", "id": "1", "payload": {"data": {"version": "1.13.27"}}});
    assert_eq!(client.receive().await, data);
    assert_eq!(client.receive().await, json!({"type": "complete", "id": "1"}));
    client.send(json!({"type": "start", "id": "2", "payload": {"query": "{ nothing }"}})).await;
    let error = client.receive().await;
    assert_eq!((&error["type"], &error["id"]), (&json!("error"), &json!("2")));
    assert!(error["payload"]["message"].as_str().unwrap().contains("nothing"), "{error}");
    client.send(json!({"type": "connection_terminate"})).await;
    assert_eq!(client.receive().await, json!({"close": 1000}));
}

#[tokio::test]
async fn the_new_protocol_wants_an_initialisation_and_answers_with_next() {
    let server = start(WebserverOptions::default()).await;
    let mut client = Client::connect(&server, Some("graphql-transport-ws")).await;
    client.send(json!({"type": "connection_init"})).await;
    assert_eq!(client.receive().await, json!({"type": "connection_ack"}));
    client.send(json!({"type": "ping"})).await;
    assert_eq!(client.receive().await, json!({"type": "pong"}));
    client.send(json!({"type": "subscribe", "id": "1", "payload": {"query": "{ version }"}})).await;
    assert_eq!(client.receive().await["type"], "next");
    assert_eq!(client.receive().await["type"], "complete");
    client.send(json!({"type": "subscribe", "id": "2", "payload": {"query": "{"}})).await;
    assert!(client.receive().await["payload"].is_array());
    client.send(json!({"type": "connection_init"})).await;
    assert_eq!(client.receive().await, json!({"close": 4429}));

    let mut hasty = Client::connect(&server, Some("graphql-transport-ws")).await;
    hasty.send(json!({"type": "subscribe", "id": "1", "payload": {"query": "{ version }"}})).await;
    assert_eq!(hasty.receive().await, json!({"close": 4401}));
}

#[tokio::test]
async fn a_client_which_names_no_protocol_speaks_the_old_one() {
    let server = start(WebserverOptions::default()).await;
    let mut client = Client::connect(&server, None).await;
    client.send(json!({"type": "start", "id": "1", "payload": {"query": "{ version }"}})).await;
    assert_eq!(client.receive().await["type"], "data");
}

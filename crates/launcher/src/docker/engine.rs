//! The calls to the Docker Engine: its HTTP API on a Unix socket, or on TCP without TLS.
//!
//! Each call has a connection and a deadline of its own. A connection that cannot be made is tried again for a
//! moment, because the Engine restarts for upgrades; nothing else is, because callers know what may be repeated.

use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};

use super::DockerError;
use super::config::Registry;
use super::container::Container;

/// How long one call may take.
const DEADLINE: Duration = Duration::from_secs(30);

/// How long fetching an image may take.
const PULL_DEADLINE: Duration = Duration::from_secs(1800);

/// How long the Engine gives a container to end, unless told otherwise.
const DEFAULT_STOP: Duration = Duration::from_secs(10);

/// The pauses before a connection is tried again.
const PAUSES: [Duration; 3] =
    [Duration::from_millis(300), Duration::from_secs(1), Duration::from_secs(3)];

/// Where the Engine listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    Unix(PathBuf),
    Tcp(String),
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix://{}", path.display()),
            Self::Tcp(host) => write!(f, "tcp://{host}"),
        }
    }
}

impl Address {
    /// The address of `DOCKER_HOST`, as `docker.client.from_env` reads it.
    pub(super) fn parse(given: Option<&str>, tls: Option<&str>) -> Result<Self, DockerError> {
        let given =
            given.filter(|given| !given.is_empty()).unwrap_or("unix:///var/run/docker.sock");
        let wrong =
            |reason: &str| DockerError::invalid("DOCKER_HOST", format!("{reason}, not {given}"));
        if let Some(path) = given.strip_prefix("unix://") {
            return Ok(Self::Unix(path.into()));
        }
        let host = given.strip_prefix("tcp://").or(given.strip_prefix("http://"));
        match host.map(|host| host.trim_end_matches('/')) {
            Some(_) if tls.is_some_and(|tls| !tls.is_empty()) => {
                Err(DockerError::invalid("DOCKER_TLS_VERIFY", "TLS is not supported; use a socket"))
            }
            Some(host) if host.contains(':') => Ok(Self::Tcp(host.to_owned())),
            Some(host) => Ok(Self::Tcp(format!("{host}:2375"))),
            None => Err(wrong("must be unix://PATH or tcp://HOST:PORT")),
        }
    }
}

/// A container, as the Engine tells it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) id: String,
    /// `created`, `running`, `exited`, …
    pub(super) status: String,
    /// The Engine's own description of it.
    pub(super) state: Value,
}

/// What the Engine answered.
struct Answer {
    status: u16,
    body: Bytes,
}

/// A connection at work. Whoever waits for something from it drives it, so that nothing is left behind when it is
/// dropped.
struct Connection {
    driving: Pin<Box<dyn Future<Output = ()> + Send>>,
    is_open: bool,
}

impl Connection {
    /// Waits for what comes over it.
    async fn drive<T>(&mut self, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = &mut self.driving, if self.is_open => self.is_open = false,
            }
        }
    }
}

/// The longest object of a feed, in bytes. An event is a few KiB.
const LONGEST_OBJECT: usize = 1024 * 1024;

/// An answer without an end: one JSON object after the other.
pub(super) struct Feed {
    connection: Connection,
    body: Incoming,
    rest: Vec<u8>,
}

impl Feed {
    /// The next object; `None` when the connection ends, or sends what is no such object.
    pub(super) async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.rest.drain(..=end).collect();
                match serde_json::from_slice(&line) {
                    Ok(object) => return Some(object),
                    Err(_) => continue,
                }
            }
            if self.rest.len() > LONGEST_OBJECT {
                return None;
            }
            let frame = self.connection.drive(self.body.frame()).await?.ok()?;
            if let Some(data) = frame.data_ref() {
                self.rest.extend_from_slice(data);
            }
        }
    }
}

/// The Engine.
#[derive(Debug, Clone)]
pub(super) struct Engine {
    address: Address,
}

impl Engine {
    pub(super) fn new(address: Address) -> Self {
        Self { address }
    }

    /// Makes a container and gives its id; `None` when its image is not on this machine.
    pub(super) async fn create(
        &self,
        container: &Container,
    ) -> Result<Option<String>, DockerError> {
        let mut query = Vec::new();
        for (key, value) in [("name", &container.name), ("platform", &container.platform)] {
            query.extend(value.iter().map(|value| format!("{key}={}", encoded(value))));
        }
        let path = format!("/containers/create?{}", query.join("&"));
        let answer = self.post(&path, Some(&container.body)).await?;
        if answer.status == 404 {
            return Ok(None);
        }
        let made = expect(answer, "create a container", &[201])?;
        Ok(Some(made["Id"].as_str().unwrap_or_default().to_owned()))
    }

    /// Fetches an image.
    pub(super) async fn pull(
        &self,
        image: &str,
        registry: Option<&Registry>,
    ) -> Result<(), DockerError> {
        const ACTION: &str = "pull the image";
        let (name, tag) = image_parts(image);
        let path = format!("/images/create?fromImage={}&tag={}", encoded(name), encoded(tag));
        let credentials = registry.map(|registry| {
            let credentials = json!({
                "username": registry.username,
                "password": registry.password,
                "serveraddress": registry.url,
            });
            URL_SAFE.encode(credentials.to_string())
        });
        let call = self.call(Method::POST, &path, None, credentials.as_deref());
        let answer = self.within(PULL_DEADLINE, call).await?;
        let (status, body) = (answer.status, answer.body.clone());
        // progress, one JSON object after the other; a failure comes among them, with status 200
        let lines = String::from_utf8_lossy(&body).into_owned();
        let failure = lines.lines().find_map(|line| {
            let line: Value = serde_json::from_str(line).ok()?;
            line["error"].as_str().map(str::to_owned)
        });
        match failure {
            Some(message) => Err(DockerError::Refused { action: ACTION, status, message }),
            None => expect(answer, ACTION, &[200]).map(drop),
        }
    }

    /// Connects a container to one more network.
    pub(super) async fn connect(&self, network: &str, id: &str) -> Result<(), DockerError> {
        let path = format!("/networks/{}/connect", encoded(network));
        let answer = self.post(&path, Some(&json!({"Container": id}))).await?;
        // 403: it is connected
        expect(answer, "connect a network", &[200, 403]).map(drop)
    }

    /// Starts a container; one that runs is left alone.
    pub(super) async fn start(&self, id: &str) -> Result<(), DockerError> {
        let answer = self.post(&format!("/containers/{id}/start"), None).await?;
        expect(answer, "start a container", &[204, 304]).map(drop)
    }

    /// Asks a container to end and waits; after `timeout` it is killed. `false` when there is none.
    pub(super) async fn stop(&self, id: &str, timeout: Option<u64>) -> Result<bool, DockerError> {
        let query = timeout.map(|seconds| format!("?t={seconds}")).unwrap_or_default();
        let path = format!("/containers/{id}/stop{query}");
        let deadline = DEADLINE + timeout.map_or(DEFAULT_STOP, Duration::from_secs);
        let call = self.call(Method::POST, &path, None, None);
        let answer = self.within(deadline, call).await?;
        if answer.status == 404 {
            return Ok(false);
        }
        expect(answer, "stop a container", &[204, 304]).map(|_| true)
    }

    /// Kills and deletes a container; there need not be one.
    pub(super) async fn remove(&self, id: &str) -> Result<(), DockerError> {
        let path = format!("/containers/{id}?force=true&v=true");
        let answer = self.within(DEADLINE, self.call(Method::DELETE, &path, None, None)).await?;
        // 409: it is being removed
        expect(answer, "remove a container", &[204, 404, 409]).map(drop)
    }

    /// A container; `None` when there is none.
    pub(super) async fn inspect(&self, id: &str) -> Result<Option<Found>, DockerError> {
        let answer = self.get(&format!("/containers/{id}/json")).await?;
        if answer.status == 404 {
            return Ok(None);
        }
        let found = expect(answer, "inspect a container", &[200])?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (id, status) = (text(&found["Id"]), text(&found["State"]["Status"]));
        Ok(Some(Found { id, status, state: found["State"].clone() }))
    }

    /// The ids of the containers with these labels, ended ones too, the newest first.
    pub(super) async fn labelled(&self, labels: &[String]) -> Result<Vec<String>, DockerError> {
        let filters = json!({ "label": labels }).to_string();
        let path = format!("/containers/json?all=true&filters={}", encoded(&filters));
        let found = expect(self.get(&path).await?, "list containers", &[200])?;
        let ids = found.as_array().into_iter().flatten().filter_map(|one| one["Id"].as_str());
        Ok(ids.map(str::to_owned).collect())
    }

    /// What happens to containers with these labels, from a time on.
    pub(super) async fn events(
        &self,
        labels: &[&str],
        kinds: &[&str],
        since: u64,
    ) -> Result<Feed, DockerError> {
        let filters = json!({ "type": ["container"], "label": labels, "event": kinds }).to_string();
        let path = format!("/events?since={since}&filters={}", encoded(&filters));
        let failed = |error: &dyn std::fmt::Display| self.unreachable(&error.to_string());
        let request = request(Method::GET, &path, None, None).map_err(|error| failed(&error))?;
        let (mut sender, mut connection) = self.open().await?;
        let exchange = tokio::time::timeout(DEADLINE, sender.send_request(request));
        let answer = match connection.drive(exchange).await {
            Ok(answer) => answer.map_err(|error| failed(&error))?,
            Err(_) => return Err(failed(&"no answer")),
        };
        match answer.status().as_u16() {
            200 => Ok(Feed { connection, body: answer.into_body(), rest: Vec::new() }),
            status => Err(DockerError::Refused {
                action: "tell events",
                status,
                message: "it gave no stream".to_owned(),
            }),
        }
    }

    async fn get(&self, path: &str) -> Result<Answer, DockerError> {
        self.within(DEADLINE, self.call(Method::GET, path, None, None)).await
    }

    async fn post(&self, path: &str, body: Option<&Value>) -> Result<Answer, DockerError> {
        self.within(DEADLINE, self.call(Method::POST, path, body, None)).await
    }

    async fn within(
        &self,
        deadline: Duration,
        call: impl Future<Output = Result<Answer, DockerError>>,
    ) -> Result<Answer, DockerError> {
        match tokio::time::timeout(deadline, call).await {
            Ok(answer) => answer,
            Err(_) => Err(self.unreachable(&format!("no answer within {} s", deadline.as_secs()))),
        }
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        credentials: Option<&str>,
    ) -> Result<Answer, DockerError> {
        let failed = |error: &dyn std::fmt::Display| self.unreachable(&error.to_string());
        let request = request(method, path, body, credentials).map_err(|error| failed(&error))?;
        let (mut sender, mut connection) = self.open().await?;
        let exchange = async {
            let answer = sender.send_request(request).await?;
            let status = answer.status().as_u16();
            let body = answer.into_body().collect().await?.to_bytes();
            Ok::<_, hyper::Error>(Answer { status, body })
        };
        connection.drive(exchange).await.map_err(|error| failed(&error))
    }

    async fn open(&self) -> Result<(SendRequest<Full<Bytes>>, Connection), DockerError> {
        let failed = |error: &dyn std::fmt::Display| self.unreachable(&error.to_string());
        let stream = TokioIo::new(self.connection().await.map_err(|error| failed(&error))?);
        let (sender, connection) = handshake(stream).await.map_err(|error| failed(&error))?;
        // how it ends is told by the request
        let driving = Box::pin(async move { drop(connection.await) });
        Ok((sender, Connection { driving, is_open: true }))
    }

    async fn connection(&self) -> std::io::Result<Box<dyn Stream>> {
        for pause in PAUSES {
            match self.connect_once().await {
                Ok(stream) => return Ok(stream),
                Err(_) => tokio::time::sleep(pause).await,
            }
        }
        self.connect_once().await
    }

    async fn connect_once(&self) -> std::io::Result<Box<dyn Stream>> {
        Ok(match &self.address {
            Address::Unix(path) => Box::new(UnixStream::connect(path).await?),
            Address::Tcp(host) => Box::new(TcpStream::connect(host).await?),
        })
    }

    fn unreachable(&self, reason: &str) -> DockerError {
        DockerError::NoEngine { address: self.address.to_string(), reason: reason.to_owned() }
    }
}

fn request(
    method: Method,
    path: &str,
    body: Option<&Value>,
    credentials: Option<&str>,
) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
    let body = body.map(Value::to_string).unwrap_or_default();
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "docker")
        .header("content-type", "application/json");
    if let Some(credentials) = credentials {
        request = request.header("x-registry-auth", credentials);
    }
    request.body(Full::new(Bytes::from(body)))
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

fn expect(answer: Answer, action: &'static str, good: &[u16]) -> Result<Value, DockerError> {
    let parsed: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if good.contains(&answer.status) {
        return Ok(parsed);
    }
    let message = match parsed["message"].as_str() {
        Some(message) => message.to_owned(),
        None => String::from_utf8_lossy(&answer.body).trim().to_owned(),
    };
    Err(DockerError::Refused { action, status: answer.status, message })
}

/// Name and tag of an image; a digest stands for a tag, and nothing means `latest`.
fn image_parts(image: &str) -> (&str, &str) {
    if let Some((name, digest)) = image.split_once('@') {
        return (name, digest);
    }
    match image.rsplit_once(':') {
        // a colon before a slash is that of a registry's port
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (image, "latest"),
    }
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docker_host_is_read_as_docker_reads_it() {
        let unix = |path: &str| Ok(Address::Unix(path.into()));
        let tcp = |host: &str| Ok(Address::Tcp(host.to_owned()));
        assert_eq!(Address::parse(None, None), unix("/var/run/docker.sock"));
        assert_eq!(
            Address::parse(Some("unix:///run/user/1/docker.sock"), None),
            unix("/run/user/1/docker.sock")
        );
        assert_eq!(Address::parse(Some("tcp://docker:2376/"), None), tcp("docker:2376"));
        assert_eq!(Address::parse(Some("tcp://docker"), Some("")), tcp("docker:2375"));
        assert!(Address::parse(Some("tcp://docker"), Some("1")).is_err());
        assert!(Address::parse(Some("ssh://docker"), None).is_err());
    }

    #[test]
    fn an_image_has_a_name_and_a_tag() {
        assert_eq!(image_parts("etl"), ("etl", "latest"));
        assert_eq!(image_parts("registry:5000/etl"), ("registry:5000/etl", "latest"));
        assert_eq!(image_parts("registry:5000/etl:1.2"), ("registry:5000/etl", "1.2"));
        assert_eq!(image_parts("etl@sha256:ab"), ("etl", "sha256:ab"));
    }
}

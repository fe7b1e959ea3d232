//! Answers that depend on the code locations alone, kept for as long as these stay as they are.
//!
//! The largest queries of a page ask what is defined: every asset of a location, its jobs, its resources. Their
//! answers change with the workspace only, and take hundreds of milliseconds to make for ten thousand assets. So
//! the answer of a request whose resolvers reached for nothing else ([`Watch`](crate::context::Watch): no
//! storage, no instance, no clock, no code server) is kept in its serialized form, with the version of the
//! workspace that it tells of; a new version begins with none. Permissions are those of the server, the same
//! for everyone.

use std::{
    io::Write,
    sync::{Arc, OnceLock},
};

use async_graphql::Request;
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};

/// Length of all answers kept of one version, in bytes.
const KEPT_BYTES: u64 = 48 * 1024 * 1024;
/// A shorter answer is made again as fast as it is found.
const SHORTEST: usize = 4 * 1024;

/// A serialized answer.
#[derive(Debug)]
pub struct Answer {
    json: Bytes,
    gzip: OnceLock<Option<Bytes>>,
}

impl Answer {
    pub(crate) fn new(json: Vec<u8>) -> Self {
        Self { json: json.into(), gzip: OnceLock::new() }
    }

    /// As JSON.
    #[must_use]
    pub fn json(&self) -> &Bytes {
        &self.json
    }

    /// Compressed, once for everyone who asks.
    #[must_use]
    pub fn gzip(&self) -> Option<&Bytes> {
        let compress = || {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(&self.json).ok()?;
            Some(encoder.finish().ok()?.into())
        };
        self.gzip.get_or_init(compress).as_ref()
    }
}

/// All that an answer depends on besides the workspace.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    query: String,
    operation: Option<String>,
    variables: String,
}

impl Question {
    pub(crate) fn of(request: &Request) -> Option<Self> {
        Some(Self {
            query: request.query.clone(),
            operation: request.operation_name.clone(),
            variables: serde_json::to_string(&request.variables).ok()?,
        })
    }

    fn len(&self) -> usize {
        self.query.len() + self.variables.len()
    }
}

/// The answers of one version of the workspace.
pub(crate) struct Answers(moka::sync::Cache<Question, Arc<Answer>>);

impl Default for Answers {
    fn default() -> Self {
        let weigh = |question: &Question, answer: &Arc<Answer>| {
            u32::try_from(question.len() + answer.json.len()).unwrap_or(u32::MAX)
        };
        Self(moka::sync::Cache::builder().max_capacity(KEPT_BYTES).weigher(weigh).build())
    }
}

impl Answers {
    pub(crate) fn get(&self, question: &Question) -> Option<Arc<Answer>> {
        self.0.get(question)
    }

    /// Keeps an answer that is worth it; whether it is.
    pub(crate) fn keep(&self, question: Question, answer: &Arc<Answer>) -> bool {
        let is_long = answer.json.len() >= SHORTEST;
        if is_long {
            self.0.insert(question, Arc::clone(answer));
        }
        is_long
    }
}

//! Answers that depend on the code locations alone, kept for as long as these stay as they are.
//!
//! The largest queries of a page ask what is defined: every asset of a location, its jobs, its resources. Their
//! answers change with the workspace only, and take hundreds of milliseconds to make for ten thousand assets. So
//! the answer of a request whose resolvers reached for nothing else ([`Watch`](crate::context::Watch): no
//! storage, no instance, no clock, no code server) is kept in its serialized form, with the version of the
//! workspace that it tells of; a new version begins with none. Permissions are those of the server, the same
//! for everyone.
//!
//! It is kept compressed, which takes a tenth of the memory and is what nearly every client asks for; the others get
//! it piece by piece as it is inflated.

use std::{
    io::{self, Read, Write},
    sync::Arc,
};

use async_graphql::Request;
use bytes::{Buf, Bytes, buf};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};

/// Length of all answers kept of one version, compressed, in bytes.
const KEPT_BYTES: u64 = 8 * 1024 * 1024;
/// A shorter answer is made again as fast as it is found.
const SHORTEST: usize = 4 * 1024;

/// Bytes of an inflated answer that are given at a time.
const PIECE: u64 = 64 * 1024;

/// A serialized answer.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Made for this request, as JSON.
    Made(Bytes),
    /// Kept, and given to everyone who asks the same.
    Kept(Arc<Compressed>),
}

impl Answer {
    /// As JSON, whole.
    ///
    /// # Errors
    /// When what was kept cannot be inflated.
    pub fn json(&self) -> io::Result<Bytes> {
        match self {
            Self::Made(json) => Ok(json.clone()),
            Self::Kept(answer) => {
                let mut json = Vec::with_capacity(answer.length);
                GzDecoder::new(&*answer.gzip).read_to_end(&mut json)?;
                Ok(json.into())
            }
        }
    }
}

/// An answer that was kept.
#[derive(Debug)]
pub struct Compressed {
    gzip: Bytes,
    length: usize,
}

impl Compressed {
    fn new(json: &[u8]) -> io::Result<Self> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(json)?;
        let mut gzip = encoder.finish()?;
        gzip.shrink_to_fit();
        Ok(Self { gzip: gzip.into(), length: json.len() })
    }

    /// Compressed.
    #[must_use]
    pub fn gzip(&self) -> &Bytes {
        &self.gzip
    }

    /// How many bytes it has as JSON.
    #[must_use]
    pub fn length(&self) -> usize {
        self.length
    }

    /// As JSON, piece by piece.
    #[must_use]
    pub fn pieces(&self) -> Pieces {
        Pieces(GzDecoder::new(self.gzip.clone().reader()))
    }
}

/// The pieces of an inflated answer.
#[derive(Debug)]
pub struct Pieces(GzDecoder<buf::Reader<Bytes>>);

impl Iterator for Pieces {
    type Item = io::Result<Bytes>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut piece = Vec::new();
        match (&mut self.0).take(PIECE).read_to_end(&mut piece) {
            Ok(0) => None,
            Ok(_) => Some(Ok(piece.into())),
            Err(error) => Some(Err(error)),
        }
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
pub(crate) struct Answers(moka::sync::Cache<Question, Arc<Compressed>>);

impl Default for Answers {
    fn default() -> Self {
        let weigh = |question: &Question, answer: &Arc<Compressed>| {
            u32::try_from(question.len() + answer.gzip.len()).unwrap_or(u32::MAX)
        };
        Self(moka::sync::Cache::builder().max_capacity(KEPT_BYTES).weigher(weigh).build())
    }
}

impl Answers {
    pub(crate) fn get(&self, question: &Question) -> Option<Answer> {
        self.0.get(question).map(Answer::Kept)
    }

    /// Keeps an answer that is worth it; the answer, in the form that it has now.
    pub(crate) async fn keep(&self, question: Question, json: Bytes) -> Answer {
        if json.len() < SHORTEST {
            return Answer::Made(json);
        }
        let compressed = {
            let json = json.clone();
            tokio::task::spawn_blocking(move || Compressed::new(&json)).await
        };
        // Without memory or while the server stops: it is made again next time.
        let Ok(Ok(compressed)) = compressed else { return Answer::Made(json) };
        let compressed = Arc::new(compressed);
        self.0.insert(question, Arc::clone(&compressed));
        Answer::Kept(compressed)
    }
}

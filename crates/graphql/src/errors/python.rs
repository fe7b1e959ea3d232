//! `PythonError`: what Dagster shows for an exception, here and in user code.
//!
//! Rondel's own failures take the same shape with the Rust error's text as message, so that
//! clients need one way to show an error.

use std::sync::Arc;

use async_graphql::Object;

use crate::direct::direct;

/// How many links of a chain are followed, against cycles and absurd depth.
const MAX_CHAIN: usize = 10;

/// An error with its stack and the errors which led to it.
#[derive(Debug, Clone, Default)]
pub(crate) struct ErrorInfo {
    pub(crate) message: String,
    pub(crate) stack: Vec<String>,
    pub(crate) class_name: Option<String>,
    /// The exception's own text where `message` starts with its class.
    pub(crate) text: Option<String>,
    /// Raised `from` this one.
    pub(crate) cause: Option<Arc<ErrorInfo>>,
    /// Raised while this one was handled.
    pub(crate) context: Option<Arc<ErrorInfo>>,
}

/// An exception raised by Dagster or user code.
#[derive(Debug, Clone)]
pub(crate) struct PythonError(pub(crate) Arc<ErrorInfo>);

impl PythonError {
    /// An error of Rondel itself in the shape of the exception which Dagster would raise:
    /// `class` is the qualified Python name, which starts the message as Python prints it.
    pub(crate) fn raised(class: &str, text: impl Into<String>) -> Self {
        let text = text.into();
        PythonError(Arc::new(ErrorInfo {
            message: format!("{class}: {text}\n"),
            class_name: class.rsplit('.').next().map(str::to_owned),
            text: Some(text),
            ..ErrorInfo::default()
        }))
    }

    /// The exception's own text, without its class.
    pub(crate) fn text(&self) -> &str {
        self.0.text.as_deref().unwrap_or(&self.0.message)
    }
}

impl From<ErrorInfo> for PythonError {
    fn from(info: ErrorInfo) -> Self {
        PythonError(Arc::new(info))
    }
}

impl PythonError {
    fn caused_by(&self) -> Option<PythonError> {
        self.0.cause.clone().map(PythonError)
    }

    fn all_causes(&self) -> Vec<PythonError> {
        std::iter::successors(self.0.cause.clone(), |info| info.cause.clone())
            .take(MAX_CHAIN)
            .map(PythonError)
            .collect()
    }

    fn chain(&self) -> Vec<ErrorChainLink> {
        std::iter::successors(next_link(&self.0), |link| next_link(&link.error.0))
            .take(MAX_CHAIN)
            .collect()
    }
}

#[Object]
impl PythonError {
    pub(crate) async fn message(&self) -> String {
        self.0.message.clone()
    }

    async fn class_name(&self) -> Option<String> {
        self.0.class_name.clone()
    }

    async fn stack(&self) -> Vec<String> {
        self.0.stack.clone()
    }

    async fn cause(&self) -> Option<PythonError> {
        self.caused_by()
    }

    /// The errors this one was explicitly raised from, nearest first.
    async fn causes(&self) -> Vec<PythonError> {
        self.all_causes()
    }

    /// Like causes, with the errors which were only being handled meanwhile.
    async fn error_chain(&self) -> Vec<ErrorChainLink> {
        self.chain()
    }
}

direct!(PythonError as "PythonError" => {
    ("message", |error| error.0.message)
    ("className", |error| error.0.class_name)
    ("stack", |error| error.0.stack)
    ("cause", |error| error.caused_by())
    ("causes", |error| error.all_causes())
    ("errorChain", |error| error.chain())
});

fn next_link(info: &ErrorInfo) -> Option<ErrorChainLink> {
    let link = |next: &Arc<ErrorInfo>, is_explicit_link| ErrorChainLink {
        error: PythonError(Arc::clone(next)),
        is_explicit_link,
    };
    match (&info.cause, &info.context) {
        (Some(cause), _) => Some(link(cause, true)),
        (None, Some(context)) => Some(link(context, false)),
        (None, None) => None,
    }
}

/// One step from an error to the error which led to it.
pub(crate) struct ErrorChainLink {
    error: PythonError,
    is_explicit_link: bool,
}

direct!(ErrorChainLink as "ErrorChainLink" => {
    ("message", |link| link.error.0.message)
    ("error", |link| link.error)
    ("isExplicitLink", |link| link.is_explicit_link)
});

#[Object]
impl ErrorChainLink {
    pub(crate) async fn message(&self) -> String {
        self.error.0.message.clone()
    }

    async fn error(&self) -> PythonError {
        self.error.clone()
    }

    async fn is_explicit_link(&self) -> bool {
        self.is_explicit_link
    }
}

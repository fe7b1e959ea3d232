//! Why a Job cannot be made.

/// An error of configuration, named as the Python class that Dagster raises in its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KubernetesError {
    /// A value does not fit the configuration schema.
    #[error("{context}: {reason}")]
    InvalidConfig {
        /// Where it was given.
        context: String,
        /// What is wrong and what is allowed.
        reason: String,
    },
    /// A tag is not JSON.
    #[error("tag {tag} is not JSON: {reason}")]
    NotJson {
        /// The tag's key.
        tag: String,
        /// What the parser met.
        reason: String,
    },
    /// Something that Kubernetes' types, an allow-list or the environment forbid.
    #[error("{0}")]
    Refused(String),
    /// A required field of a Kubernetes type is missing.
    #[error("{kind} needs the field `{field}`")]
    MissingField {
        /// The Kubernetes type.
        kind: String,
        /// The field, in snake case.
        field: String,
    },
    /// The run lacks what launching needs.
    #[error("{0}")]
    Invariant(String),
}

impl KubernetesError {
    /// The class of the exception that Dagster raises.
    pub fn python_class(&self) -> &'static str {
        match self {
            Self::InvalidConfig { .. } => "DagsterInvalidConfigError",
            Self::NotJson { .. } => "JSONDecodeError",
            Self::Refused(_) => "Exception",
            Self::MissingField { .. } => "ValueError",
            Self::Invariant(_) => "CheckError",
        }
    }
}

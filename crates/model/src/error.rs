//! Python errors as they cross process boundaries.

use crate::record;

record! {
    /// A Python exception: its text, stack and causes (Dagster's `SerializableErrorInfo`).
    #[derive(Default)]
    pub struct SerializableErrorInfo = "SerializableErrorInfo" {
        message: String,
        stack: Vec<String>,
        cls_name: Option<String>,
        cause: Option<Box<SerializableErrorInfo>>,
        context: Option<Box<SerializableErrorInfo>>,
    }
}

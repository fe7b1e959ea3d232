//! Automation conditions, their evaluations and cursors, and the older policies.

mod condition;
mod evaluation;
mod operands;
mod operators;
mod policy;

pub use condition::*;
pub use evaluation::*;
pub use operands::*;
pub use operators::*;
pub use policy::*;

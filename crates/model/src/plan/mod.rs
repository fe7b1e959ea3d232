//! Parts of execution plans: handles, inputs, outputs, state known from earlier runs.

mod handle;
mod inputs;
mod outputs;
mod state;

pub use handle::*;
pub use inputs::*;
pub use outputs::*;
pub use state::*;

//! Origins: where code comes from, and the ids made of that.

mod location;
mod python;
mod remote;

pub use location::*;
pub use python::*;
pub use remote::*;

//! Metadata: named values of many kinds attached to events and definitions.

mod code;
mod entries;
mod table;
mod value;

pub use code::*;
pub use entries::*;
pub use table::*;
pub use value::*;

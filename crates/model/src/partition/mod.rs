//! Partitions as data: definitions' snapshots, mappings, stored subsets. What they mean is
//! computed elsewhere.

mod mapping;
mod snap;
mod status;
mod subset;
mod time;

pub use mapping::*;
pub use snap::*;
pub use status::*;
pub use subset::*;
pub use time::*;

//! Lists of intervals. Nearly all hold none or one, which take no memory of their own, and longer ones are
//! shared between copies: sets are copied at every node of every condition.

use std::ops::Deref;
use std::sync::Arc;

use crate::time_window::TimeWindow;

/// Intervals in a form that is cheap to copy.
#[derive(Debug, Clone)]
pub(super) enum Intervals {
    None,
    One(TimeWindow),
    Many(Arc<[TimeWindow]>),
}

impl Deref for Intervals {
    type Target = [TimeWindow];

    fn deref(&self) -> &[TimeWindow] {
        match self {
            Self::None => &[],
            Self::One(window) => std::slice::from_ref(window),
            Self::Many(windows) => windows,
        }
    }
}

impl From<Vec<TimeWindow>> for Intervals {
    fn from(windows: Vec<TimeWindow>) -> Self {
        match windows.as_slice() {
            [] => Self::None,
            [window] => Self::One(*window),
            _ => Self::Many(windows.into()),
        }
    }
}

impl PartialEq for Intervals {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

//! A part of one asset.

use rondel_partitions::{Context, PartitionsSubset};

use crate::error::{BackfillError, Result};

/// Which part: in or out, or some partitions.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Of an asset without partitions.
    Whole(bool),
    /// Of a partitioned asset.
    Partitions(PartitionsSubset),
}

impl Part {
    /// Whether nothing is in the part.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Whole(whole) => !whole,
            Self::Partitions(subset) => subset.is_empty(),
        }
    }

    /// How many partitions; one for an asset without.
    pub fn count(&self, context: &Context) -> Result<u64> {
        match self {
            Self::Whole(whole) => Ok(u64::from(*whole)),
            Self::Partitions(subset) => Ok(subset.count(context)?),
        }
    }

    /// In either part.
    pub fn union(&self, other: &Self, context: &Context) -> Result<Self> {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => Ok(Self::Whole(*a || *b)),
            (Self::Partitions(a), Self::Partitions(b)) => {
                Ok(Self::Partitions(a.union(b, context)?))
            }
            _ => Err(mixed()),
        }
    }

    /// In both parts.
    pub fn intersection(&self, other: &Self, context: &Context) -> Result<Self> {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => Ok(Self::Whole(*a && *b)),
            (Self::Partitions(a), Self::Partitions(b)) => {
                Ok(Self::Partitions(a.intersection(b, context)?))
            }
            _ => Err(mixed()),
        }
    }

    /// In this part and not in the other.
    pub fn difference(&self, other: &Self, context: &Context) -> Result<Self> {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => Ok(Self::Whole(*a && !*b)),
            (Self::Partitions(a), Self::Partitions(b)) => {
                Ok(Self::Partitions(a.difference(b, context)?))
            }
            _ => Err(mixed()),
        }
    }
}

fn mixed() -> BackfillError {
    BackfillError::Check("an asset is partitioned in one subset and not in the other".into())
}

//! Pages of partition keys.

use rondel_model::record;
use rondel_model::serdes::Value;

use crate::cursor;
use crate::error::Result;

/// One page of keys (`PaginatedResults`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The keys.
    pub keys: Vec<String>,
    /// Where the next page begins.
    pub cursor: String,
    /// Whether there is a next page.
    pub has_more: bool,
}

/// Order of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As the definition orders its keys.
    Ascending,
    /// The other way round.
    Descending,
}

record! {
    /// Dagster's `ValueIndexCursor`: continues behind a value.
    pub struct ValueIndexCursor = "ValueIndexCursor" {
        value: Value,
    }
}

impl Page {
    /// One page of a sequence (`PaginatedResults.create_from_sequence`).
    pub fn of_sequence<'k>(
        keys: impl DoubleEndedIterator<Item = &'k str>,
        limit: usize,
        order: Order,
        cursor: Option<&str>,
    ) -> Result<Self> {
        let keys: Vec<&str> = match order {
            Order::Ascending => keys.collect(),
            Order::Descending => keys.rev().collect(),
        };
        let mut last_seen = Value::Null;
        let mut from = 0;
        if let Some(text) = cursor.filter(|cursor| !cursor.is_empty()) {
            let ValueIndexCursor { value, .. } = cursor::decode(text)?;
            if let Value::String(seen) = &value {
                from = keys.iter().position(|key| key == seen).map_or(0, |at| at + 1);
            }
            last_seen = value;
        }
        let rest = &keys[from..];
        let page: Vec<String> = rest.iter().take(limit).map(|key| (*key).to_owned()).collect();
        if let Some(last) = page.last() {
            last_seen = Value::String(last.clone());
        }
        let cursor =
            cursor::encode(&ValueIndexCursor { value: last_seen, extra: Default::default() });
        Ok(Self { has_more: rest.len() > limit, keys: page, cursor })
    }
}

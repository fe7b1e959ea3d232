//! Products of two definitions (`MultiPartitionsDefinition`): keys are the dimensions' keys, in the
//! order of the dimensions' names, with `|` between.

use rondel_model::partition::{MultiPartitionsSnap, PartitionDimensionSnap, PartitionKeyRange};
use rondel_model::serdes::{Map, Value, sha1_hex, to_text};

use crate::context::Context;
use crate::cursor;
use crate::definition::PartitionsDefinition;
use crate::error::{PartitionsError, Result};
use crate::page::{Order, Page};
use crate::time_window::{TimeWindow, TimeWindowPartitions};

/// Between the dimensions' keys.
pub const DELIMITER: char = '|';

/// A product of definitions, dimensions sorted by name.
#[derive(Debug, Clone, PartialEq)]
pub struct MultiPartitions {
    dimensions: Vec<(String, PartitionsDefinition)>,
}

impl MultiPartitions {
    /// A product; Dagster allows exactly two dimensions, neither itself a product.
    pub fn new(mut dimensions: Vec<(String, PartitionsDefinition)>) -> Result<Self> {
        dimensions.sort_by(|left, right| left.0.cmp(&right.0));
        let distinct = dimensions.windows(2).all(|pair| pair[0].0 != pair[1].0);
        if dimensions.len() != 2 || !distinct {
            return Err(PartitionsError::InvalidDefinition(format!(
                "a product needs two dimensions of different names, got {}",
                dimensions.len()
            )));
        }
        if dimensions.iter().any(|(_, inner)| matches!(inner, PartitionsDefinition::Multi(_))) {
            return Err(PartitionsError::InvalidDefinition(
                "a dimension of a product cannot be a product itself".into(),
            ));
        }
        Ok(Self { dimensions })
    }

    pub(crate) fn from_snap(snap: &MultiPartitionsSnap) -> Result<Self> {
        let dimensions = snap.partition_dimensions.iter().map(|dimension| {
            let inner = PartitionsDefinition::from_snap(&dimension.partitions)?;
            Ok((dimension.name.clone(), inner))
        });
        Self::new(dimensions.collect::<Result<_>>()?)
    }

    pub(crate) fn to_snap(&self) -> MultiPartitionsSnap {
        MultiPartitionsSnap {
            partition_dimensions: self
                .dimensions
                .iter()
                .map(|(name, inner)| PartitionDimensionSnap {
                    name: name.clone(),
                    partitions: inner.to_snap(),
                    extra: Default::default(),
                })
                .collect(),
            ..MultiPartitionsSnap::default()
        }
    }

    /// The dimensions, sorted by name.
    pub fn dimensions(&self) -> &[(String, PartitionsDefinition)] {
        &self.dimensions
    }

    /// The definition of a dimension.
    pub fn dimension(&self, name: &str) -> Option<&PartitionsDefinition> {
        self.dimensions.iter().find(|(known, _)| known == name).map(|(_, inner)| inner)
    }

    /// The only time-window dimension, with its name.
    pub fn time_dimension(&self) -> Option<(&str, &TimeWindowPartitions)> {
        let mut times = self.dimensions.iter().filter_map(|(name, inner)| match inner {
            PartitionsDefinition::TimeWindow(windows) => Some((name.as_str(), &**windows)),
            _ => None,
        });
        let only = times.next();
        if times.next().is_some() { None } else { only }
    }

    /// Places of the primary and the secondary dimension: the only time dimension is primary, else the
    /// first by name.
    pub fn primary_and_secondary(&self) -> (usize, usize) {
        match self.time_dimension() {
            Some((name, _)) if self.dimensions.get(1).is_some_and(|(n, _)| n == name) => (1, 0),
            _ => (0, 1),
        }
    }

    /// The dimensions' keys of a key, in the order of the dimensions.
    pub fn split<'k>(&self, key: &'k str) -> Result<Vec<&'k str>> {
        let parts: Vec<&str> = key.split(DELIMITER).collect();
        if parts.len() == self.dimensions.len() {
            return Ok(parts);
        }
        let names: Vec<&str> = self.dimensions.iter().map(|(name, _)| name.as_str()).collect();
        Err(PartitionsError::MalformedKey { key: key.to_owned(), format: names.join("|") })
    }

    /// The key made of the dimensions' keys, in the order of the dimensions.
    pub fn join<S: AsRef<str>>(parts: &[S]) -> String {
        let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
        parts.join("|")
    }

    /// All keys with these keys of one dimension, each with every key of the other
    /// (`get_multipartition_keys_with_dimension_values`).
    pub fn keys_with_dimension(
        &self,
        dimension: &str,
        keys: &[String],
        context: &Context,
    ) -> Result<Vec<String>> {
        let at =
            self.dimensions.iter().position(|(name, _)| name == dimension).ok_or_else(|| {
                PartitionsError::InvalidDefinition(format!("there is no dimension `{dimension}`"))
            })?;
        let mut others = self.dimensions.iter().enumerate().filter(|(place, _)| *place != at);
        let Some((_, (_, other))) = others.next() else { return Ok(keys.to_vec()) };
        let other = other.keys(context)?;
        let pair = |key: &String, other: &String| {
            if at == 0 { Self::join(&[key, other]) } else { Self::join(&[other, key]) }
        };
        Ok(keys.iter().flat_map(|key| other.iter().map(move |o| pair(key, o))).collect())
    }

    pub(crate) fn keys(&self, context: &Context) -> Result<Vec<String>> {
        let sequences = self.sequences(|inner| inner.keys(context))?;
        // Keys of a dimension that contain the delimiter make no valid key.
        let expected = self.dimensions.len() - 1;
        let is_valid = |key: &String| key.matches(DELIMITER).count() == expected;
        Ok(product(&sequences).into_iter().filter(is_valid).collect())
    }

    pub(crate) fn keys_in_range(
        &self,
        range: &PartitionKeyRange,
        context: &Context,
    ) -> Result<Vec<String>> {
        let (starts, ends) = (self.split(&range.start)?, self.split(&range.end)?);
        let mut sequences = Vec::with_capacity(self.dimensions.len());
        for ((_, inner), (start, end)) in self.dimensions.iter().zip(starts.iter().zip(&ends)) {
            let range = PartitionKeyRange {
                start: (*start).to_owned(),
                end: (*end).to_owned(),
                ..PartitionKeyRange::default()
            };
            sequences.push(inner.keys_in_range(&range, context)?);
        }
        Ok(product(&sequences))
    }

    pub(crate) fn count(&self, context: &Context) -> Result<u64> {
        self.dimensions
            .iter()
            .try_fold(1_u64, |total, (_, inner)| Ok(total.saturating_mul(inner.count(context)?)))
    }

    pub(crate) fn has_key(&self, key: &str, context: &Context) -> Result<bool> {
        let Ok(parts) = self.split(key) else { return Ok(false) };
        for ((_, inner), part) in self.dimensions.iter().zip(parts) {
            if !inner.has_key(part, context)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(crate) fn edge_key(
        &self,
        context: &Context,
        edge: fn(&PartitionsDefinition, &Context) -> Result<Option<String>>,
    ) -> Result<Option<String>> {
        let parts: Option<Vec<String>> =
            self.sequences(|inner| edge(inner, context))?.into_iter().collect();
        Ok(parts.map(|parts| Self::join(&parts)))
    }

    pub(crate) fn window_of_key(&self, key: &str) -> Result<Option<TimeWindow>> {
        let Some((name, windows)) = self.time_dimension() else { return Ok(None) };
        let parts = self.split(key)?;
        let part = self.dimensions.iter().zip(parts).find(|((known, _), _)| known == name);
        part.map(|(_, part)| windows.window_of_key(part)).transpose()
    }

    pub(crate) fn unique_id(&self, context: &Context) -> Result<String> {
        let mut parts = Vec::with_capacity(self.dimensions.len());
        for (name, inner) in &self.dimensions {
            parts.push(format!("{}: '{}'", python_repr(name), inner.unique_id(context)?));
        }
        Ok(sha1_hex(&format!("{{{}}}", parts.join(", "))))
    }

    /// One page, continued behind the dimensions' keys last seen (`MultiDimensionalPartitionKeyIterator`).
    pub(crate) fn page(
        &self,
        context: &Context,
        limit: usize,
        order: Order,
        cursor: Option<&str>,
    ) -> Result<Page> {
        let sequences = self.sequences(|inner| inner.keys(context))?;
        let seen = cursor.map(|cursor| self.decode_cursor(cursor)).transpose()?.flatten();
        let total: usize = sequences.iter().map(Vec::len).product();
        // Places in the order of the listing; the last dimension runs fastest.
        let place_of = |seen: &Map<Value>| {
            self.dimensions.iter().zip(&sequences).fold(0, |place, ((name, _), keys)| {
                let key = match seen.get(name) {
                    Some(Value::String(key)) => keys.iter().position(|known| known == key),
                    _ => None,
                };
                let at = key.map(|at| match order {
                    Order::Ascending => at,
                    Order::Descending => keys.len() - 1 - at,
                });
                place * keys.len() + at.unwrap_or(0)
            })
        };
        let from = seen.as_ref().map_or(0, |seen| place_of(seen) + 1);
        let parts_at = |mut place: usize| {
            let mut parts = vec![String::new(); sequences.len()];
            for (part, keys) in parts.iter_mut().zip(&sequences).rev() {
                let at = match order {
                    Order::Ascending => place % keys.len(),
                    Order::Descending => keys.len() - 1 - place % keys.len(),
                };
                part.clone_from(&keys[at]);
                place /= keys.len();
            }
            parts
        };
        let until = total.min(from.saturating_add(limit.max(1)));
        let page: Vec<Vec<String>> = (from..until.max(from)).map(parts_at).collect();
        let cursor = match (page.last(), cursor.filter(|cursor| !cursor.is_empty())) {
            (Some(last), _) => self.encode_cursor(Some(last)),
            (None, Some(cursor)) => cursor.to_owned(),
            (None, None) => self.encode_cursor(None),
        };
        Ok(Page {
            keys: page.iter().map(|parts| Self::join(parts)).collect(),
            cursor,
            has_more: until < total,
        })
    }

    fn encode_cursor(&self, seen: Option<&Vec<String>>) -> String {
        let seen: Map<Value> = seen
            .into_iter()
            .flat_map(|parts| self.dimensions.iter().zip(parts))
            .map(|((name, _), part)| (name.clone(), Value::String(part.clone())))
            .collect();
        cursor::encode_text(&format!("{{\"last_seen_key\": {}}}", to_text(&Value::Map(seen))))
    }

    fn decode_cursor(&self, text: &str) -> Result<Option<Map<Value>>> {
        let invalid = || PartitionsError::InvalidCursor(text.to_owned());
        let decoded = cursor::decode_text(text).ok_or_else(invalid)?;
        match Value::from_json_text(&decoded) {
            Ok(Value::Map(mut fields)) => match fields.shift_remove("last_seen_key") {
                Some(Value::Map(seen)) if seen.is_empty() => Ok(None),
                Some(Value::Map(seen)) => Ok(Some(seen)),
                _ => Err(invalid()),
            },
            _ => Err(invalid()),
        }
    }

    fn sequences<T>(&self, ask: impl Fn(&PartitionsDefinition) -> Result<T>) -> Result<Vec<T>> {
        self.dimensions.iter().map(|(_, inner)| ask(inner)).collect()
    }
}

/// Every combination, the last sequence running fastest.
fn product(sequences: &[Vec<String>]) -> Vec<String> {
    sequences.iter().fold(Vec::new(), |combined, sequence| {
        if combined.is_empty() && std::ptr::eq(sequence, &sequences[0]) {
            return sequence.clone();
        }
        combined
            .iter()
            .flat_map(|front| sequence.iter().map(move |back| format!("{front}{DELIMITER}{back}")))
            .collect()
    })
}

/// `repr` of a plain `str`.
fn python_repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use rondel_model::partition::PartitionsSnap;

    use super::*;

    fn months_until_november() -> PartitionsDefinition {
        let snap = r#"{"__class__": "ExternalTimeWindowPartitionsDefinitionData", "cron_schedule": "0 0 28 * *",
            "end": 1730502000.0, "end_offset": 5, "fmt": "%m/%d/%Y", "start": 1728946800.0, "timezone": "UTC"}"#;
        let snap: PartitionsSnap = rondel_model::serdes::from_text(snap).expect("a snapshot");
        PartitionsDefinition::from_snap(&snap).expect("a definition")
    }

    #[test]
    fn the_last_key_is_the_last_of_those_listed() {
        let fixed = PartitionsDefinition::Static(crate::StaticPartitions::new(["x".to_owned()]));
        let product =
            MultiPartitions::new(vec![("a".into(), months_until_november()), ("b".into(), fixed)])
                .map(|product| PartitionsDefinition::Multi(product.into()));
        let context = Context::at(1_729_987_200.0);
        let product = product.expect("two dimensions");
        assert_eq!(product.keys(&context), Ok(vec!["10/28/2024|x".to_owned()]));
        assert_eq!(product.last_key(&context), Ok(Some("10/28/2024|x".to_owned())));
        // Of the dimension alone, Dagster answers with the last window before the end.
        let last = months_until_november().last_key(&context);
        assert_eq!(last, Ok(Some("09/28/2024".to_owned())));
    }
}

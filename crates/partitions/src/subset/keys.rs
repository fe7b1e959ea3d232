//! Sets of keys of definitions that are no time windows (`DefaultPartitionsSubset`).
//!
//! Large sets are bitmaps over the list of the definition's keys, which definition or context hold once:
//! a bit per partition, and set algebra by words. Keys the list does not have (of partitions deleted since,
//! or of another list) and small sets stay beside it as text. How a set is held never shows.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use indexmap::IndexSet;

use super::bits::Bits;
use crate::context::Context;
use crate::definition::PartitionsDefinition;
use crate::error::Result;
use crate::multi::{DELIMITER, MultiPartitions};

/// Smaller sets do not have the definition's keys listed for them.
const SMALL: usize = 32;

/// A set of keys.
#[derive(Debug, Clone, Default)]
pub struct KeySet {
    order: Order,
    /// Places in the order.
    places: Bits,
    /// Keys without a place.
    strays: BTreeSet<String>,
}

/// A numbering of keys.
#[derive(Debug, Clone, Default)]
enum Order {
    #[default]
    None,
    List(Arc<IndexSet<String>>),
    /// Of two dimensions; the second runs fastest.
    Product(Arc<IndexSet<String>>, Arc<IndexSet<String>>),
}

impl Order {
    fn of(definition: &PartitionsDefinition, context: &Context) -> Result<Self> {
        let list = |definition: &PartitionsDefinition| match definition {
            PartitionsDefinition::Static(fixed) => Ok(Arc::clone(fixed.keys())),
            PartitionsDefinition::Dynamic(name) => context.dynamic_keys(name).cloned(),
            PartitionsDefinition::TimeWindow(windows) => context.listed_keys(windows),
            PartitionsDefinition::Multi(_) => Ok(Arc::default()),
        };
        match definition {
            PartitionsDefinition::Multi(multi) => match multi.dimensions() {
                [(_, first), (_, second)] => Ok(Self::Product(list(first)?, list(second)?)),
                _ => Ok(Self::None),
            },
            simple => list(simple).map(Self::List),
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        let same = |a: &Arc<IndexSet<String>>, b: &Arc<IndexSet<String>>| {
            Arc::ptr_eq(a, b) || (a.len() == b.len() && a.iter().eq(b.iter()))
        };
        match (self, other) {
            (Self::None, Self::None) => true,
            (Self::List(a), Self::List(b)) => same(a, b),
            (Self::Product(a, b), Self::Product(c, d)) => same(a, c) && same(b, d),
            _ => false,
        }
    }

    fn place(&self, key: &str) -> Option<usize> {
        match self {
            Self::None => None,
            Self::List(keys) => keys.get_index_of(key),
            Self::Product(first, second) => {
                let (front, back) = key.split_once(DELIMITER)?;
                Some(first.get_index_of(front)? * second.len() + second.get_index_of(back)?)
            }
        }
    }

    fn key(&self, place: usize) -> Option<Cow<'_, str>> {
        match self {
            Self::None => None,
            Self::List(keys) => keys.get_index(place).map(|key| Cow::Borrowed(key.as_str())),
            Self::Product(first, second) => {
                let front = first.get_index(place.checked_div(second.len())?)?;
                let back = second.get_index(place.checked_rem(second.len())?)?;
                Some(Cow::Owned(MultiPartitions::join(&[front, back])))
            }
        }
    }
}

impl KeySet {
    /// A set of keys, whatever definition they are of.
    pub fn of(keys: impl IntoIterator<Item = String>) -> Self {
        Self { strays: keys.into_iter().collect(), ..Self::default() }
    }

    /// A set of keys that can be combined fast with other sets of the definition.
    pub(super) fn of_definition<S: AsRef<str>>(
        definition: &PartitionsDefinition,
        keys: &[S],
        context: &Context,
    ) -> Self {
        let mut set = Self::default();
        if keys.len() > SMALL {
            // The order only serves speed: any set of keys can be held, whatever is wrong with the definition.
            set.order = Order::of(definition, context).unwrap_or_default();
        }
        keys.iter().for_each(|key| set.insert(key.as_ref()));
        set
    }

    /// Keys of a product: each of the first list with each of the second, for every pair of lists.
    pub(crate) fn of_products(
        definition: &PartitionsDefinition,
        pairs: &[(&[String], &[String])],
        context: &Context,
    ) -> Self {
        let mut set = Self::default();
        if pairs.iter().map(|(firsts, seconds)| firsts.len() * seconds.len()).sum::<usize>() > SMALL
        {
            set.order = Order::of(definition, context).unwrap_or_default();
        }
        let Self { order, places, strays } = &mut set;
        for (firsts, seconds) in pairs {
            let place_of = |key: &String| match order {
                Order::Product(_, order) => order.get_index_of(key),
                Order::None | Order::List(_) => None,
            };
            let backs: Vec<Option<usize>> = seconds.iter().map(place_of).collect();
            for first in *firsts {
                let front = match order {
                    Order::Product(order, second) => {
                        order.get_index_of(first).map(|front| front * second.len())
                    }
                    Order::None | Order::List(_) => None,
                };
                for (second, back) in seconds.iter().zip(&backs) {
                    match front.zip(*back) {
                        Some((front, back)) => places.insert(front + back),
                        None => {
                            strays.insert(MultiPartitions::join(&[first, second]));
                        }
                    }
                }
            }
        }
        set
    }

    /// The distinct keys in one dimension of a product, where they can be told without the keys of the product.
    pub(crate) fn distinct(&self, dimension: usize) -> Option<BTreeSet<String>> {
        let Order::Product(first, second) = &self.order else { return None };
        if !self.strays.is_empty() {
            return None;
        }
        let mut found = Bits::default();
        for place in self.places.iter() {
            found.insert(if dimension == 0 { place / second.len() } else { place % second.len() });
        }
        let keys = if dimension == 0 { first } else { second };
        Some(found.iter().filter_map(|place| keys.get_index(place)).cloned().collect())
    }

    /// All keys of the definition.
    pub(crate) fn all(definition: &PartitionsDefinition, context: &Context) -> Result<Self> {
        let order = Order::of(definition, context)?;
        let count = match &order {
            Order::None => None,
            Order::List(keys) => Some(keys.len()),
            // Keys of a dimension that contain the delimiter make no valid key.
            Order::Product(a, b) if a.iter().chain(b.iter()).any(|k| k.contains(DELIMITER)) => None,
            Order::Product(a, b) => Some(a.len() * b.len()),
        };
        match count {
            Some(count) => Ok(Self { order, places: Bits::below(count), strays: BTreeSet::new() }),
            None => Ok(Self::of(definition.keys(context)?)),
        }
    }

    fn insert(&mut self, key: &str) {
        match self.order.place(key) {
            Some(place) => self.places.insert(place),
            None => {
                self.strays.insert(key.to_owned());
            }
        }
    }

    /// This set and these keys.
    #[must_use]
    pub fn with<S: AsRef<str>>(&self, keys: &[S]) -> Self {
        let mut set = self.clone();
        keys.iter().for_each(|key| set.insert(key.as_ref()));
        set
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty() && self.strays.is_empty()
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.places.len() + self.strays.len()
    }

    /// Whether a key is in the set.
    pub fn contains(&self, key: &str) -> bool {
        self.order.place(key).is_some_and(|place| self.places.contains(place))
            || self.strays.contains(key)
    }

    /// The keys: first those of the definition in its order, then others sorted.
    pub fn iter(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let placed = self.places.iter().filter_map(|place| self.order.key(place));
        placed.chain(self.strays.iter().map(|key| Cow::Borrowed(key.as_str())))
    }

    /// The keys, sorted.
    pub fn sorted(&self) -> Vec<String> {
        let mut keys: Vec<String> = self.iter().map(Cow::into_owned).collect();
        keys.sort_unstable();
        keys
    }

    /// Keys in either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.combine(other, Bits::union, |a, b| a.union(b).cloned().collect())
    }

    /// Keys in both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.combine(other, Bits::intersection, |a, b| a.intersection(b).cloned().collect())
    }

    /// Keys in this set and not in the other.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.combine(other, Bits::difference, |a, b| a.difference(b).cloned().collect())
    }

    fn combine(
        &self,
        other: &Self,
        places: fn(&Bits, &Bits) -> Bits,
        strays: fn(&BTreeSet<String>, &BTreeSet<String>) -> BTreeSet<String>,
    ) -> Self {
        let (left, right) = self.aligned(other);
        Self {
            order: left.order.clone(),
            places: places(&left.places, &right.places),
            strays: strays(&left.strays, &right.strays),
        }
    }

    /// Both sets over the same order.
    fn aligned<'a>(&'a self, other: &'a Self) -> (Cow<'a, Self>, Cow<'a, Self>) {
        if self.order.is_same(&other.order) {
            (Cow::Borrowed(self), Cow::Borrowed(other))
        } else if matches!(self.order, Order::None) {
            (Cow::Owned(self.over(&other.order)), Cow::Borrowed(other))
        } else {
            (Cow::Borrowed(self), Cow::Owned(other.over(&self.order)))
        }
    }

    fn over(&self, order: &Order) -> Self {
        let mut set = Self { order: order.clone(), ..Self::default() };
        self.iter().for_each(|key| set.insert(&key));
        set
    }
}

impl PartialEq for KeySet {
    fn eq(&self, other: &Self) -> bool {
        if std::ptr::eq(self, other) {
            return true;
        }
        let (left, right) = self.aligned(other);
        left.places == right.places && left.strays == right.strays
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::StaticPartitions;

    fn numbered(count: usize) -> Vec<String> {
        (0..count).map(|n| format!("k{n}")).collect()
    }

    #[test]
    fn sets_over_a_list_and_beside_it_are_the_same_sets() {
        let keys = numbered(100);
        let definition = PartitionsDefinition::Static(StaticPartitions::new(keys.clone()));
        let context = Context::at(0.0);
        let placed = KeySet::of_definition(&definition, &keys[10..60], &context);
        let beside = KeySet::of(keys[10..60].iter().cloned());
        assert_eq!(placed, beside);
        let other = KeySet::of(keys[50..80].iter().cloned().chain(["gone".to_owned()]));
        for (left, right) in [(&placed, &other), (&other, &placed), (&beside, &other)] {
            assert_eq!(left.union(right).len(), 71);
            assert_eq!(left.intersection(right).len(), 10);
        }
        assert_eq!(placed.difference(&other), beside.difference(&other));
        assert_eq!(other.difference(&placed).sorted().last().map(String::as_str), Some("k79"));
        assert!(other.union(&placed).contains("gone"));
    }
}

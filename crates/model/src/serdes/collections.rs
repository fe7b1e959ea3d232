//! How Python's lists, dicts, sets and odd-keyed mappings are written.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, Hash};

use indexmap::IndexMap;

use super::{Pack, Parser, SerdesError, Unpack, Writer};

impl<T: Pack> Pack for [T] {
    fn pack(&self, w: &mut Writer) {
        w.list(self);
    }

    fn is_empty_value(&self) -> bool {
        self.is_empty()
    }
}

impl<T: Pack> Pack for Vec<T> {
    fn pack(&self, w: &mut Writer) {
        w.list(self);
    }

    fn is_empty_value(&self) -> bool {
        self.is_empty()
    }
}

impl<T: Unpack> Unpack for Vec<T> {
    fn unpack(p: &mut Parser<'_>) -> Result<Self, SerdesError> {
        let mut items = Vec::new();
        if p.null() {
            return Ok(items);
        }
        p.list_start()?;
        let mut first = true;
        while p.next_item(&mut first)? {
            if items.is_empty() {
                // Most lists have one item; `push` would make room for four.
                items.reserve_exact(1);
            }
            items.push(T::unpack(p).map_err(|e| e.within(format!("[{}]", items.len())))?);
        }
        // Definitions are kept for long, and there are very many of them.
        items.shrink_to_fit();
        Ok(items)
    }

    fn absent() -> Option<Self> {
        Some(Vec::new())
    }
}

fn unpack_entries<K, V: Unpack>(
    p: &mut Parser<'_>,
    key: impl Fn(String) -> K,
    mut insert: impl FnMut(K, V),
) -> Result<(), SerdesError> {
    if p.null() {
        return Ok(());
    }
    p.map_start()?;
    let mut first = true;
    while let Some(text) = p.next_key(&mut first)? {
        let value = V::unpack(p).map_err(|e| e.within(text.as_ref()))?;
        insert(key(text.into_owned()), value);
    }
    Ok(())
}

impl<K: AsRef<str>, V: Pack, S> Pack for IndexMap<K, V, S> {
    fn pack(&self, w: &mut Writer) {
        w.map(|map| self.iter().for_each(|(key, value)| map.entry(key.as_ref(), value)));
    }

    fn is_empty_value(&self) -> bool {
        self.is_empty()
    }
}

impl<K: From<String> + Hash + Eq, V: Unpack, S: BuildHasher + Default> Unpack
    for IndexMap<K, V, S>
{
    fn unpack(p: &mut Parser<'_>) -> Result<Self, SerdesError> {
        let mut map = Self::default();
        unpack_entries(p, K::from, |key, value| {
            map.insert(key, value);
        })?;
        map.shrink_to_fit();
        Ok(map)
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

impl<V: Pack> Pack for BTreeMap<String, V> {
    fn pack(&self, w: &mut Writer) {
        w.map(|map| self.iter().for_each(|(key, value)| map.entry(key, value)));
    }

    fn is_empty_value(&self) -> bool {
        self.is_empty()
    }
}

impl<V: Unpack> Unpack for BTreeMap<String, V> {
    fn unpack(p: &mut Parser<'_>) -> Result<Self, SerdesError> {
        let mut map = Self::new();
        unpack_entries(
            p,
            |key| key,
            |key, value| {
                map.insert(key, value);
            },
        )?;
        Ok(map)
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

/// The text Python sorts a set's items by: `str(item)`.
pub trait SortKey {
    /// `str(item)` in Python.
    fn sort_key(&self) -> String;
}

impl SortKey for String {
    fn sort_key(&self) -> String {
        self.clone()
    }
}

/// Whether Python held a `set` or a `frozenset`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum SetKind {
    /// `set`, written `{"__set__": […]}`
    #[default]
    Set,
    /// `frozenset`, written `{"__frozenset__": […]}`
    Frozen,
}

/// A Python set: items in the order Python writes them (sorted by `str(item)`).
#[derive(Debug, Clone, PartialEq)]
pub struct PySet<T> {
    kind: SetKind,
    items: Vec<T>,
}

impl<T> Default for PySet<T> {
    fn default() -> Self {
        Self { kind: SetKind::Set, items: Vec::new() }
    }
}

impl<T> PySet<T> {
    /// The items.
    pub fn as_slice(&self) -> &[T] {
        &self.items
    }

    /// The items, owned.
    pub fn into_vec(self) -> Vec<T> {
        self.items
    }

    /// Whether Python held a `set` or a `frozenset`.
    pub fn kind(&self) -> SetKind {
        self.kind
    }
}

impl<T: SortKey + PartialEq> PySet<T> {
    /// A set of the given items: sorted, without duplicates.
    pub fn new(kind: SetKind, items: impl IntoIterator<Item = T>) -> Self {
        let mut items: Vec<T> = items.into_iter().collect();
        items.sort_by_cached_key(SortKey::sort_key);
        items.dedup();
        Self { kind, items }
    }

    /// A `frozenset` of the given items.
    pub fn frozen(items: impl IntoIterator<Item = T>) -> Self {
        Self::new(SetKind::Frozen, items)
    }
}

impl<T: SortKey + PartialEq> FromIterator<T> for PySet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::new(SetKind::Set, items)
    }
}

impl<T> std::ops::Deref for PySet<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<'a, T> IntoIterator for &'a PySet<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<T> IntoIterator for PySet<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<T: Pack> Pack for PySet<T> {
    fn pack(&self, w: &mut Writer) {
        let tag = match self.kind {
            SetKind::Set => "__set__",
            SetKind::Frozen => "__frozenset__",
        };
        w.map(|map| map.entry(tag, &self.items));
    }

    fn is_empty_value(&self) -> bool {
        self.items.is_empty()
    }
}

impl<T: Unpack> Unpack for PySet<T> {
    fn unpack(p: &mut Parser<'_>) -> Result<Self, SerdesError> {
        if p.null() {
            return Ok(Self::default());
        }
        p.map_start()?;
        let mut set = Self::default();
        let mut first = true;
        while let Some(key) = p.next_key(&mut first)? {
            match key.as_ref() {
                "__set__" => set.kind = SetKind::Set,
                "__frozenset__" => set.kind = SetKind::Frozen,
                _ => return Err(p.expected("`__set__` or `__frozenset__`")),
            }
            set.items = Unpack::unpack(p)?;
        }
        Ok(set)
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

/// A mapping whose keys are objects, written `{"__mapping_items__": [[key, value], …]}` in
/// insertion order.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemsMap<K, V>(pub Vec<(K, V)>);

impl<K, V> Default for ItemsMap<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: PartialEq, V> ItemsMap<K, V> {
    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.0.iter().find(|(k, _)| k == key).map(|(_, v)| v)
    }

    /// Entries in order.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().map(|(k, v)| (k, v))
    }

    /// Has it no entries?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl<K, V> FromIterator<(K, V)> for ItemsMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

struct Pair<'a, K, V>(&'a K, &'a V);

impl<K: Pack, V: Pack> Pack for Pair<'_, K, V> {
    fn pack(&self, w: &mut Writer) {
        w.verbatim("[");
        self.0.pack(w);
        w.verbatim(", ");
        self.1.pack(w);
        w.verbatim("]");
    }
}

impl<K: Pack, V: Pack> Pack for ItemsMap<K, V> {
    fn pack(&self, w: &mut Writer) {
        let pairs: Vec<Pair<'_, K, V>> = self.0.iter().map(|(k, v)| Pair(k, v)).collect();
        w.map(|map| map.entry("__mapping_items__", &pairs));
    }

    fn is_empty_value(&self) -> bool {
        self.0.is_empty()
    }
}

impl<K: Unpack, V: Unpack> Unpack for ItemsMap<K, V> {
    fn unpack(p: &mut Parser<'_>) -> Result<Self, SerdesError> {
        let mut entries = Vec::new();
        if p.null() {
            return Ok(Self(entries));
        }
        p.map_start()?;
        let mut first = true;
        while let Some(key) = p.next_key(&mut first)? {
            if key != "__mapping_items__" {
                return Err(p.expected("`__mapping_items__`"));
            }
            p.list_start()?;
            let mut first_pair = true;
            while p.next_item(&mut first_pair)? {
                entries.push(unpack_pair(p)?);
            }
        }
        Ok(Self(entries))
    }

    fn absent() -> Option<Self> {
        Some(Self(Vec::new()))
    }
}

fn unpack_pair<K: Unpack, V: Unpack>(p: &mut Parser<'_>) -> Result<(K, V), SerdesError> {
    let wrong = "a list of two";
    p.list_start()?;
    let mut first = true;
    if !p.next_item(&mut first)? {
        return Err(p.expected(wrong));
    }
    let key = K::unpack(p)?;
    if !p.next_item(&mut first)? {
        return Err(p.expected(wrong));
    }
    let value = V::unpack(p)?;
    if p.next_item(&mut first)? {
        return Err(p.expected(wrong));
    }
    Ok((key, value))
}

impl<T: Pack> Pack for BTreeSet<T> {
    fn pack(&self, w: &mut Writer) {
        w.list(self);
    }

    fn is_empty_value(&self) -> bool {
        self.is_empty()
    }
}

impl<T: Unpack + Ord> Unpack for BTreeSet<T> {
    fn unpack(p: &mut Parser<'_>) -> Result<Self, SerdesError> {
        Vec::unpack(p).map(|items| items.into_iter().collect())
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

//! Keys of assets, asset checks and jobs.

use std::fmt;
use std::sync::Arc;

use crate::serdes::{
    MapWriter, Pack, Parser, Record, SerdesError, SortKey, Unpack, Writer, from_text, to_text,
};
use crate::{record, union};

/// An asset's key: its path components. A clone shares them: graphs, plans and evaluations name each asset many
/// times.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct AssetKey(Arc<[String]>);

impl AssetKey {
    /// A key of these components.
    pub fn new<S: Into<String>>(path: impl IntoIterator<Item = S>) -> Self {
        Self(path.into_iter().map(Into::into).collect())
    }

    /// The components.
    pub fn path(&self) -> &[String] {
        &self.0
    }

    /// `["a", "b"]`: the form of the database columns.
    pub fn to_db_string(&self) -> String {
        to_text(&*self.0)
    }

    /// Reads the database form, also the oldest one (components split at non-word characters);
    /// `None` for an empty text.
    pub fn from_db_string(text: &str) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        let parsed: Option<Vec<String>> =
            text.starts_with('[').then(|| from_text(text).ok()).flatten();
        let split = || {
            let parts = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            Self::new(parts.filter(|part| !part.is_empty()))
        };
        Some(parsed.map_or_else(split, Self::from))
    }

    /// `a/b`: the form people read and type. Slashes inside components are not told apart.
    pub fn to_user_string(&self) -> String {
        self.0.join("/")
    }

    /// Splits at slashes.
    pub fn from_user_string(text: &str) -> Self {
        Self::new(text.split('/'))
    }

    /// As [`AssetKey::to_user_string`] with backslashes and slashes in components escaped.
    pub fn to_escaped_user_string(&self) -> String {
        let escaped: Vec<String> =
            self.0.iter().map(|part| part.replace('\\', "\\\\").replace('/', "\\/")).collect();
        escaped.join("/")
    }

    /// Inverse of [`AssetKey::to_escaped_user_string`].
    pub fn from_escaped_user_string(text: &str) -> Self {
        let mut path = vec![String::new()];
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            let part = path.len() - 1;
            match c {
                '/' => path.push(String::new()),
                '\\' => path[part].extend(chars.next()),
                _ => path[part].push(c),
            }
        }
        path.into()
    }

    /// Does the key begin with these components?
    pub fn has_prefix(&self, prefix: &[String]) -> bool {
        self.0.starts_with(prefix)
    }

    /// A Python identifier standing for the key, as `to_python_identifier`.
    pub fn to_python_identifier(&self) -> String {
        self.0.join("__").replace(['-', '.'], "_")
    }
}

impl From<Vec<String>> for AssetKey {
    fn from(path: Vec<String>) -> Self {
        Self(path.into())
    }
}

impl fmt::Display for AssetKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_user_string())
    }
}

impl SortKey for AssetKey {
    fn sort_key(&self) -> String {
        let parts: Vec<String> = self.0.iter().map(|part| python_repr(part)).collect();
        format!("AssetKey([{}])", parts.join(", "))
    }
}

/// `repr` of a Python string, as far as sorting needs it.
pub fn python_repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
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

fn pack_object<'k>(w: &mut Writer, class: &str, fill: impl FnOnce(&mut MapWriter<'_, 'k>)) {
    w.map(|map| {
        map.entry("__class__", class);
        fill(map);
    });
}

impl Record for AssetKey {
    const CLASS: &'static str = "AssetKey";

    fn is_class(name: &str) -> bool {
        name == Self::CLASS
    }
}

impl Pack for AssetKey {
    fn pack(&self, w: &mut Writer) {
        pack_object(w, Self::CLASS, |map| map.entry("path", &*self.0));
    }
}

impl Unpack for AssetKey {
    fn unpack(p: &mut Parser<'_>) -> Result<Self, SerdesError> {
        p.map_start()?;
        let mut path: Option<Vec<String>> = None;
        let mut first = true;
        while let Some(key) = p.next_key(&mut first)? {
            match key.as_ref() {
                "__class__" => p.check_class::<Self>()?,
                "path" => path = Some(Unpack::unpack(p)?),
                _ => p.skip()?,
            }
        }
        path.map(Self::from).ok_or_else(|| p.missing(Self::CLASS, "path"))
    }
}

/// An asset check's key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct AssetCheckKey {
    /// The asset checked.
    pub asset_key: AssetKey,
    /// The check's name.
    pub name: String,
}

impl AssetCheckKey {
    /// A key.
    pub fn new(asset_key: AssetKey, name: impl Into<String>) -> Self {
        Self { asset_key, name: name.into() }
    }

    /// `a/b:check`
    pub fn to_user_string(&self) -> String {
        format!("{}:{}", self.asset_key.to_user_string(), self.name)
    }

    /// Inverse of [`AssetCheckKey::to_user_string`].
    pub fn from_user_string(text: &str) -> Option<Self> {
        let (asset, name) = text.split_once(':')?;
        Some(Self::new(AssetKey::from_user_string(asset), name))
    }

    /// The form of the database columns holding either an asset or a check key.
    pub fn to_db_string(&self) -> String {
        let mut w = Writer::new();
        w.map(|map| {
            map.entry("asset_key", &self.asset_key.to_db_string());
            map.entry("check_name", &self.name);
        });
        w.finish()
    }

    /// Inverse of [`AssetCheckKey::to_db_string`].
    pub fn from_db_string(text: &str) -> Option<Self> {
        let map: crate::serdes::Map<String> = from_text(text).ok()?;
        let asset_key = AssetKey::from_db_string(map.get("asset_key")?)?;
        let name = map.get("check_name")?;
        (map.len() == 2).then(|| Self::new(asset_key, name))
    }
}

impl fmt::Display for AssetCheckKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_user_string())
    }
}

impl SortKey for AssetCheckKey {
    fn sort_key(&self) -> String {
        let name = python_repr(&self.name);
        format!("AssetCheckKey(asset_key={}, name={name})", self.asset_key.sort_key())
    }
}

impl Record for AssetCheckKey {
    const CLASS: &'static str = "AssetCheckKey";

    fn is_class(name: &str) -> bool {
        matches!(name, "AssetCheckKey" | "AssetCheckHandle")
    }
}

impl Pack for AssetCheckKey {
    fn pack(&self, w: &mut Writer) {
        pack_object(w, Self::CLASS, |map| {
            map.entry("asset_key", &self.asset_key);
            map.entry("name", &self.name);
        });
    }
}

impl Unpack for AssetCheckKey {
    fn unpack(p: &mut Parser<'_>) -> Result<Self, SerdesError> {
        p.map_start()?;
        let (mut asset_key, mut name) = (None, None);
        let mut first = true;
        while let Some(key) = p.next_key(&mut first)? {
            match key.as_ref() {
                "__class__" => p.check_class::<Self>()?,
                "asset_key" => asset_key = Some(Unpack::unpack(p)?),
                "name" => name = Some(Unpack::unpack(p)?),
                _ => p.skip()?,
            }
        }
        Ok(Self {
            asset_key: asset_key.ok_or_else(|| p.missing(Self::CLASS, "asset_key"))?,
            name: name.ok_or_else(|| p.missing(Self::CLASS, "name"))?,
        })
    }
}

record! {
    /// A job as the entity of an automation condition.
    #[derive(Default, Eq, Hash, PartialOrd, Ord)]
    pub struct AssetJobKey = "AssetJobKey" {
        job_name: String,
    }
}

union! {
    /// What an automation condition is about.
    pub enum EntityKey {
        /// An asset.
        Asset(AssetKey),
        /// An asset check.
        Check(AssetCheckKey),
        /// A job.
        Job(AssetJobKey),
    }
}

impl SortKey for EntityKey {
    fn sort_key(&self) -> String {
        match self {
            Self::Asset(key) => key.sort_key(),
            Self::Check(key) => key.sort_key(),
            Self::Job(key) => format!("AssetJobKey(job_name={})", python_repr(&key.job_name)),
            Self::Unknown(value) => value.to_string(),
        }
    }
}

impl EntityKey {
    /// The form of database columns holding any entity key.
    pub fn to_db_string(&self) -> String {
        match self {
            Self::Asset(key) => key.to_db_string(),
            Self::Check(key) => key.to_db_string(),
            Self::Job(key) => {
                let mut w = Writer::new();
                w.map(|map| map.entry("job_name", &key.job_name));
                w.finish()
            }
            Self::Unknown(value) => value.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serdes::PySet;

    #[test]
    fn asset_keys_have_db_and_user_forms() {
        let key = AssetKey::new(["a", "b/c"]);
        assert_eq!(key.to_db_string(), r#"["a", "b/c"]"#);
        assert_eq!(AssetKey::from_db_string(&key.to_db_string()), Some(key.clone()));
        assert_eq!(key.to_escaped_user_string(), r"a/b\/c");
        assert_eq!(AssetKey::from_escaped_user_string(r"a/b\/c"), key);
        assert_eq!(AssetKey::from_user_string("a/b"), AssetKey::new(["a", "b"]));
        assert_eq!(AssetKey::from_db_string("a.b-c_d"), Some(AssetKey::new(["a", "b", "c_d"])));
        assert_eq!(AssetKey::from_db_string(""), None);
        assert_eq!(to_text(&key), r#"{"__class__": "AssetKey", "path": ["a", "b/c"]}"#);
    }

    #[test]
    fn check_keys_have_db_and_user_forms() {
        let key = AssetCheckKey::new(AssetKey::new(["a"]), "fresh");
        assert_eq!(key.to_db_string(), r#"{"asset_key": "[\"a\"]", "check_name": "fresh"}"#);
        assert_eq!(AssetCheckKey::from_db_string(&key.to_db_string()), Some(key.clone()));
        assert_eq!(AssetCheckKey::from_user_string("a:fresh"), Some(key));
    }

    #[test]
    fn sets_of_keys_are_sorted_by_their_python_text() {
        let set: PySet<AssetKey> =
            [AssetKey::new(["b"]), AssetKey::new(["a", "z"]), AssetKey::new(["a"])]
                .into_iter()
                .collect();
        let names: Vec<String> = set.iter().map(AssetKey::to_user_string).collect();
        // "AssetKey(['a', 'z'])" sorts before "AssetKey(['a'])": a comma before a bracket.
        assert_eq!(names, ["a/z", "a", "b"]);
    }
}

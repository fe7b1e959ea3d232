//! The clauses Dagster accepted before the selection language: `a`, `*a`, `++a`, `a+`, `a*`, `tag:a=b`.
//!
//! Mirrors `AssetSelection.from_string` after its first attempt, and `parse_clause` of `subset_selector.py`.

use rondel_model::ids::AssetKey;

use super::{Selection, Sources};

/// Steps of a `*`: further than any graph reaches (Python's `sys.maxsize`).
const UNLIMITED: usize = i64::MAX as usize;

pub(super) fn parse(text: &str) -> Option<Selection> {
    if text == "*" {
        return Some(Selection::All(Sources::Exclude));
    }
    if let Some(clause) = clause(text.trim()) {
        return Some(clause);
    }
    let tag = text.strip_prefix("tag:")?;
    let mut parts = tag.split('=');
    let key = parts.next().unwrap_or_default().to_owned();
    let value = parts.next().unwrap_or_default().to_owned();
    parts.next().is_none().then_some(Selection::Tag(key, value, Sources::Exclude))
}

fn clause(text: &str) -> Option<Selection> {
    let in_name = |c: char| c.is_alphanumeric() || "./_[]?-".contains(c);
    let start = text.find(in_name)?;
    let (before, rest) = text.split_at(start);
    let (name, after) = rest.split_at(rest.find(|c| !in_name(c)).unwrap_or(rest.len()));
    let up = steps(before, before.strip_prefix('*'))?;
    let down = steps(after, after.strip_suffix('*'))?;
    let key = AssetKey::from_user_string(name);
    let keys = Selection::Keys(vec![key]);
    let upstream = |child: Selection| Selection::Upstream {
        child: Box::new(child),
        depth: Some(up),
        include_self: true,
    };
    let downstream = |child: Selection| Selection::Downstream {
        child: Box::new(child),
        depth: Some(down),
        include_self: true,
    };
    Some(match (up, down) {
        (0, 0) => keys,
        (_, 0) => upstream(keys),
        (0, _) => downstream(keys),
        _ => Selection::Or(vec![upstream(keys.clone()), downstream(keys)]),
    })
}

/// Steps meant by `part`, which must be pluses with at most one star at the outer end (`starless` is `part` without
/// that star, if it has one).
fn steps(part: &str, starless: Option<&str>) -> Option<usize> {
    match starless {
        Some(rest) => rest.chars().all(|c| c == '+').then_some(UNLIMITED),
        None => part.chars().all(|c| c == '+').then_some(part.len()),
    }
}

//! Mappings of products, dimension by dimension (`BaseMultiPartitionMapping`).
//!
//! Each distinct combination of the keys in mapped dimensions is mapped once, whatever the number of
//! partitions that have it; a dimension without a mapping corresponds to all keys of the other side.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use rondel_model::partition::{MultiPartitionMapping, PartitionMapping};

use super::{Of, UpstreamPartitions, downstream_partitions, upstream_partitions};
use crate::context::Context;
use crate::definition::PartitionsDefinition;
use crate::error::{PartitionsError, Result};
use crate::multi::MultiPartitions;
use crate::subset::{KeySet, PartitionsSubset};

/// How a dimension upstream corresponds to one downstream; a side without a name is no product.
#[derive(Debug, Clone)]
pub(super) struct Dimension<'m> {
    pub(super) mapping: Cow<'m, PartitionMapping>,
    pub(super) upstream: Option<String>,
    pub(super) downstream: Option<String>,
}

/// The dimensions a `MultiPartitionMapping` maps, all of which must be there.
pub(super) fn dimensions<'m>(
    mapping: &'m MultiPartitionMapping,
    upstream: &PartitionsDefinition,
    downstream: &PartitionsDefinition,
) -> Result<Vec<Dimension<'m>>> {
    let (PartitionsDefinition::Multi(up), PartitionsDefinition::Multi(down)) =
        (upstream, downstream)
    else {
        return Err(PartitionsError::InvalidMapping(
            "both sides of a MultiPartitionMapping must be multi-partitioned".into(),
        ));
    };
    let mut taken = BTreeSet::new();
    let mut found = Vec::new();
    for (name, to) in &mapping.downstream_mappings_by_upstream_dimension {
        for (side, definition, name) in
            [("upstream", up, name), ("downstream", down, &to.dimension_name)]
        {
            if definition.dimension(name).is_none() || !taken.insert((side, name.clone())) {
                return Err(PartitionsError::InvalidMapping(format!(
                    "dimension mapping has the {side} dimension `{name}`, which is not in the {side} \
                     partitions definition or mapped twice"
                )));
            }
        }
        found.push(Dimension {
            mapping: Cow::Borrowed(&to.partition_mapping),
            upstream: Some(name.clone()),
            downstream: Some(to.dimension_name.clone()),
        });
    }
    Ok(found)
}

/// Upstream partitions of downstream ones.
pub(super) fn upstream(
    dimensions: &[Dimension<'_>],
    from: Of<'_>,
    to: &PartitionsDefinition,
    context: &Context,
) -> Result<UpstreamPartitions> {
    let mut nonexistent = BTreeSet::new();
    let existing = map(
        dimensions,
        |dimension| (&dimension.downstream, &dimension.upstream),
        from,
        to,
        context,
        |dimension, from, to| {
            let found = upstream_partitions(&dimension.mapping, Some(from), to, context)?;
            nonexistent.extend(found.nonexistent.keys(context)?);
            found.existing.keys(context)
        },
    )?;
    Ok(UpstreamPartitions { existing, nonexistent: KeySet::of(nonexistent).into() })
}

/// Downstream partitions of upstream ones.
pub(super) fn downstream(
    dimensions: &[Dimension<'_>],
    from: Of<'_>,
    to: &PartitionsDefinition,
    context: &Context,
) -> Result<PartitionsSubset> {
    map(
        dimensions,
        |dimension| (&dimension.upstream, &dimension.downstream),
        from,
        to,
        context,
        |dimension, from, to| {
            downstream_partitions(&dimension.mapping, from, to, context)?.keys(context)
        },
    )
}

fn map<'d, 'm: 'd>(
    dimensions: &'d [Dimension<'m>],
    sides: impl Fn(&'d Dimension<'m>) -> (&'d Option<String>, &'d Option<String>),
    from: Of<'_>,
    to: &PartitionsDefinition,
    context: &Context,
    mut map_key: impl FnMut(&'d Dimension<'m>, Of<'_>, &PartitionsDefinition) -> Result<Vec<String>>,
) -> Result<PartitionsSubset> {
    let sides: Vec<_> = dimensions.iter().map(sides).collect();
    let combinations = combinations(&sides, from, context)?;
    let mut mapped: Vec<HashMap<&str, Vec<String>>> = vec![HashMap::new(); dimensions.len()];
    for combination in &combinations {
        for (at, key) in combination.iter().enumerate() {
            if mapped[at].contains_key(key.as_str()) {
                continue;
            }
            let from_inner = inner(from.definition, sides[at].0)?;
            let to_inner = inner(to, sides[at].1)?;
            let subset = PartitionsSubset::of_keys(from_inner, &[key], context)?;
            let of = Of { subset: &subset, definition: from_inner };
            mapped[at].insert(key, map_key(&dimensions[at], of, to_inner)?);
        }
    }
    let PartitionsDefinition::Multi(multi) = to else {
        let mut keys: Vec<&String> = mapped.iter().flat_map(HashMap::values).flatten().collect();
        keys.sort_unstable();
        keys.dedup();
        return PartitionsSubset::of_keys(to, &keys, context);
    };
    let unmapped = unmapped(multi, &sides, context)?;
    let mut pairs: Vec<(&[String], &[String])> = Vec::with_capacity(combinations.len());
    for combination in &combinations {
        let lists = multi.dimensions().iter().map(|(name, _)| {
            let at = sides.iter().position(|(_, to)| to.as_ref() == Some(name));
            match at {
                Some(at) => Some(&mapped[at][combination[at].as_str()]),
                None => unmapped.get(name.as_str()),
            }
        });
        if let [Some(first), Some(second)] = lists.collect::<Vec<_>>().as_slice() {
            pairs.push((first, second));
        }
    }
    Ok(KeySet::of_products(to, &pairs, context).into())
}

/// The keys in the mapped dimensions, each combination once.
fn combinations(
    sides: &[(&Option<String>, &Option<String>)],
    from: Of<'_>,
    context: &Context,
) -> Result<BTreeSet<Vec<String>>> {
    if let ([(Some(name), _)], PartitionsDefinition::Multi(multi)) = (sides, from.definition)
        && let Some(at) = multi.dimensions().iter().position(|(known, _)| known == name)
    {
        let distinct = match from.subset {
            PartitionsSubset::Keys(keys) => keys.distinct(at),
            _ => KeySet::all(from.definition, context)?.distinct(at),
        };
        if let Some(distinct) = distinct {
            return Ok(distinct.into_iter().map(|key| vec![key]).collect());
        }
    }
    let mut combinations = BTreeSet::new();
    for key in from.subset.keys(context)? {
        let parts = sides.iter().map(|(name, _)| part_of(from.definition, name, &key));
        combinations.insert(parts.collect::<Result<_>>()?);
    }
    Ok(combinations)
}

/// All keys of the dimensions no mapping leads to.
fn unmapped<'a>(
    multi: &'a MultiPartitions,
    sides: &[(&Option<String>, &Option<String>)],
    context: &Context,
) -> Result<HashMap<&'a str, Vec<String>>> {
    multi
        .dimensions()
        .iter()
        .filter(|(name, _)| !sides.iter().any(|(_, to)| to.as_ref() == Some(name)))
        .map(|(name, inner)| Ok((name.as_str(), inner.keys(context)?)))
        .collect()
}

/// The part of a key in a dimension, or the key itself.
fn part_of(definition: &PartitionsDefinition, name: &Option<String>, key: &str) -> Result<String> {
    let (PartitionsDefinition::Multi(multi), Some(name)) = (definition, name) else {
        return Ok(key.to_owned());
    };
    let parts = multi.split(key)?;
    let part = multi.dimensions().iter().zip(parts).find(|((known, _), _)| known == name);
    part.map(|(_, part)| part.to_owned()).ok_or_else(|| no_dimension(name))
}

/// The definition of a dimension, or the definition itself.
fn inner<'a>(
    definition: &'a PartitionsDefinition,
    name: &Option<String>,
) -> Result<&'a PartitionsDefinition> {
    match (definition, name) {
        (PartitionsDefinition::Multi(multi), Some(name)) => {
            multi.dimension(name).ok_or_else(|| no_dimension(name))
        }
        _ => Ok(definition),
    }
}

fn no_dimension(name: &str) -> PartitionsError {
    PartitionsError::InvalidMapping(format!("there is no dimension `{name}`"))
}

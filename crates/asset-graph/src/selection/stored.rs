//! Selections as snapshots carry them (Dagster's serialized `AssetSelection` classes), and selections written back to the text of the
//! selection language.

use rondel_model::{ids::AssetKey, selection::AssetSelection};

use super::{Attribute, Selection, Sources};

impl Selection {
    /// Understands a stored selection; none when its class is unknown to this version.
    #[must_use]
    pub fn from_stored(stored: &AssetSelection) -> Option<Self> {
        use AssetSelection as Stored;
        let child = |child: &AssetSelection| Some(Box::new(Self::from_stored(child)?));
        let all = |operands: &[AssetSelection]| {
            operands.iter().map(Self::from_stored).collect::<Option<Vec<_>>>()
        };
        let depth = |depth: Option<i64>| depth.and_then(|depth| usize::try_from(depth).ok());
        Some(match stored {
            Stored::All(s) => Self::All(sources(s.include_sources.unwrap_or(false))),
            Stored::AllAssetChecks(_) => Self::AllChecks,
            Stored::AssetChecksForAssetKeys(s) => Self::ChecksOf(s.selected_asset_keys.clone()),
            Stored::AssetCheckKeys(s) => Self::Checks(s.selected_asset_check_keys.clone()),
            Stored::And(s) => Self::And(all(&s.operands)?),
            Stored::Or(s) => Self::Or(all(&s.operands)?),
            Stored::Subtract(s) => Self::Subtract(child(&s.left)?, child(&s.right)?),
            Stored::Sinks(s) => Self::Sinks(child(&s.child)?),
            Stored::Roots(s) => Self::Roots(child(&s.child)?),
            Stored::RequiredNeighbors(s) => Self::RequiredNeighbors(child(&s.child)?),
            Stored::Materializable(s) => Self::Materializable(child(&s.child)?),
            Stored::ParentSources(s) => Self::ParentSources(child(&s.child)?),
            Stored::Upstream(s) => Self::Upstream {
                child: child(&s.child)?,
                depth: depth(s.depth),
                include_self: s.include_self,
            },
            Stored::Downstream(s) => Self::Downstream {
                child: child(&s.child)?,
                depth: depth(s.depth),
                include_self: s.include_self,
            },
            Stored::Keys(s) => Self::Keys(s.selected_keys.clone()),
            Stored::KeyPrefixes(s) => {
                Self::KeyPrefixes(s.selected_key_prefixes.clone(), sources(s.include_sources))
            }
            Stored::KeySubstring(s) => {
                Self::KeySubstring(s.selected_key_substring.clone(), sources(s.include_sources))
            }
            Stored::KeyWildCard(s) => Self::KeyPattern(s.selected_key_wildcard.clone()),
            Stored::Groups(s) => {
                Self::Groups(s.selected_groups.clone(), sources(s.include_sources))
            }
            Stored::GroupWildCard(s) => {
                Self::GroupPattern(s.selected_group_wildcard.clone(), sources(s.include_sources))
            }
            Stored::Kind(s) => Self::Kind(s.kind_str.clone(), sources(s.include_sources)),
            Stored::Tag(s) => Self::Tag(s.key.clone(), s.value.clone(), sources(s.include_sources)),
            Stored::Owner(s) => Self::Owner(s.selected_owner.clone()),
            Stored::CodeLocation(s) => Self::CodeLocation(s.selected_code_location.clone()),
            Stored::Partitions(s) => Self::Partitions(s.selected_partitions.clone()),
            Stored::SensorName(s) => Self::Sensor(s.selected_sensor.clone()),
            Stored::ScheduleName(s) => Self::Schedule(s.selected_schedule.clone()),
            Stored::Job(s) => Self::Job(s.selected_job.clone()),
            Stored::IsAttribute(s) => match s.attribute.as_str() {
                "external" => Self::Is(Attribute::External),
                "materializable" => Self::Is(Attribute::Materializable),
                _ => return None,
            },
            Stored::Status(s) => outside("status", s.selected_status.clone()),
            Stored::Column(s) => outside("column", s.selected_column.clone()),
            Stored::TableName(s) => outside("table_name", s.selected_table_name.clone()),
            Stored::ChangedInBranch(s) => {
                outside("changed_in_branch", s.selected_changed_in_branch.clone())
            }
            Stored::AutomationType(s) => {
                outside("automation_type", s.selected_automation_type.clone())
            }
            Stored::ColumnTag(s) => outside("column_tag", Some(format!("{}={}", s.key, s.value))),
            Stored::Unknown(_) => return None,
        })
    }

    /// The selection in the selection language; none for what the language cannot say.
    #[must_use]
    pub fn to_text(&self) -> Option<String> {
        let quoted = |attribute: &str, value: &str| format!("{attribute}:\"{value}\"");
        let or_null = |attribute: &str, value: &Option<String>| match value {
            Some(value) => quoted(attribute, value),
            None => format!("{attribute}:<null>"),
        };
        let any_of = |attribute: &str, values: &mut dyn Iterator<Item = String>| {
            values.map(|value| quoted(attribute, &value)).collect::<Vec<_>>().join(" or ")
        };
        Some(match self {
            Self::All(_) => "*".to_owned(),
            Self::Keys(keys) => any_of("key", &mut keys.iter().map(AssetKey::to_user_string)),
            Self::KeyPattern(pattern) => quoted("key", pattern),
            Self::KeySubstring(text, _) => quoted("key_substring", text),
            Self::Groups(groups, _) if groups.is_empty() => "group:<null>".to_owned(),
            Self::Groups(groups, _) => any_of("group", &mut groups.iter().cloned()),
            Self::GroupPattern(pattern, _) => quoted("group", pattern),
            Self::Kind(kind, _) => or_null("kind", kind),
            Self::Tag(key, value, _) if value.is_empty() => quoted("tag", key),
            Self::Tag(key, value, _) => format!("{}=\"{value}\"", quoted("tag", key)),
            Self::Owner(owner) => or_null("owner", owner),
            Self::Is(Attribute::External) => "is:external".to_owned(),
            Self::Is(Attribute::Materializable) => "is:materializable".to_owned(),
            Self::CodeLocation(location) => or_null("code_location", location),
            Self::Partitions(kind) => or_null("partitions", kind),
            Self::Sensor(name) => or_null("sensor", name),
            Self::Schedule(name) => or_null("schedule", name),
            Self::Job(name) => or_null("job", name),
            Self::OutsideGraph { attribute: "column_tag", value } => {
                match value.as_deref()?.split_once('=')? {
                    (key, "") => quoted("column_tag", key),
                    (key, value) => format!("{}=\"{value}\"", quoted("column_tag", key)),
                }
            }
            Self::OutsideGraph { attribute, value } => or_null(attribute, value),
            Self::And(operands) => joined(operands, " and ")?,
            Self::Or(operands) => joined(operands, " or ")?,
            Self::Subtract(left, right) if matches!(**left, Self::All(_)) => {
                format!("not {}", right.to_text()?)
            }
            Self::Subtract(left, right) => {
                format!("{} and not {}", left.as_operand()?, right.as_operand()?)
            }
            Self::Sinks(child) => format!("sinks({})", child.to_text()?),
            Self::Roots(child) => format!("roots({})", child.to_text()?),
            Self::Upstream { child, depth, include_self } => {
                let start = child.as_operand()?;
                let base = match depth {
                    None => format!("+{start}"),
                    Some(0) => start.clone(),
                    Some(depth) => format!("{depth}+{start}"),
                };
                if *include_self { base } else { format!("{base} and not {start}") }
            }
            Self::Downstream { child, depth, include_self } => {
                let start = child.as_operand()?;
                let base = match depth {
                    None => format!("{start}+"),
                    Some(0) => start.clone(),
                    Some(depth) => format!("{start}+{depth}"),
                };
                if *include_self { base } else { format!("{base} and not {start}") }
            }
            Self::AllChecks
            | Self::ChecksOf(_)
            | Self::Checks(_)
            | Self::KeyPrefixes(..)
            | Self::Materializable(_)
            | Self::RequiredNeighbors(_)
            | Self::ParentSources(_) => return None,
        })
    }

    /// The text in parentheses where a larger expression needs them.
    fn as_operand(&self) -> Option<String> {
        let compound = match self {
            Self::And(_) | Self::Or(_) | Self::Subtract(..) => true,
            Self::Keys(keys) => keys.len() > 1,
            Self::Groups(groups, _) => groups.len() > 1,
            _ => false,
        };
        let text = self.to_text()?;
        Some(if compound { format!("({text})") } else { text })
    }
}

fn joined(operands: &[Selection], word: &str) -> Option<String> {
    let texts = operands.iter().map(Selection::as_operand).collect::<Option<Vec<_>>>()?;
    Some(texts.join(word))
}

fn outside(attribute: &'static str, value: Option<String>) -> Selection {
    Selection::OutsideGraph { attribute, value }
}

fn sources(include: bool) -> Sources {
    if include { Sources::Include } else { Sources::Exclude }
}

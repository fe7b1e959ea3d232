//! A partitions definition in words (`str` of Dagster's definitions).

use rondel_model::partition::ScheduleType;
use rondel_partitions::PartitionsDefinition;

use crate::errors::ResolverError;

/// Hourly, daily…, or the cron schedule, and since when; or the keys; or the dimensions.
pub(super) fn describe(definition: &PartitionsDefinition) -> Result<String, ResolverError> {
    Ok(match definition {
        PartitionsDefinition::TimeWindow(windows) => {
            let every = match windows.schedule_type() {
                Some(ScheduleType::Hourly) => "Hourly",
                Some(ScheduleType::Daily) => "Daily",
                Some(ScheduleType::Weekly) => "Weekly",
                Some(ScheduleType::Monthly) => "Monthly",
                None => windows.cron_schedule(),
            };
            let start = windows.key_at(windows.start())?;
            let mut text = format!("{every}, starting {start} {}.", windows.timezone());
            let offset = windows.end_offset();
            if offset != 0 {
                let plural = if offset == 1 { "" } else { "s" };
                text += &format!(" End offsetted by {offset} partition{plural}.");
            }
            text
        }
        PartitionsDefinition::Static(fixed) => {
            let keys = fixed.keys().iter().map(|key| format!("'{key}'"));
            keys.collect::<Vec<_>>().join(", ")
        }
        PartitionsDefinition::Dynamic(name) => format!("Dynamic partitions: \"{name}\""),
        PartitionsDefinition::Multi(multi) => {
            let mut text = "Multi-partitioned, with dimensions: \n".to_owned();
            let lines: Vec<String> = multi
                .dimensions()
                .iter()
                .map(|(name, inner)| Ok(format!("{}: {}", capitalized(name), describe(inner)?)))
                .collect::<Result<_, ResolverError>>()?;
            text += &lines.join(" \n");
            text
        }
    })
}

/// Python's `str.capitalize`.
fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    first + &chars.as_str().to_lowercase()
}

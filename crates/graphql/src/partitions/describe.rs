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
            // Where it was said to start, which need not be the start of a window.
            let start = windows.format().key(windows.start().floor() as i64)?;
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

#[cfg(test)]
mod tests {
    use rondel_model::serdes::from_text;
    use serde_json::json;

    use super::*;

    #[test]
    fn windows_start_where_the_definition_says_even_between_ticks() {
        // 2026-08-02 in New York is a Sunday, the windows start on Mondays.
        let snap = json!({"__class__": "ExternalTimeWindowPartitionsDefinitionData",
            "start": 1_785_643_200.0, "timezone": "America/New_York", "fmt": "%Y-%m-%d",
            "end_offset": 0, "end": null, "cron_schedule": "0 0 * * 1"});
        let definition =
            PartitionsDefinition::from_snap(&from_text(&snap.to_string()).unwrap()).unwrap();
        let text = describe(&definition).unwrap();
        assert_eq!(text, "Weekly, starting 2026-08-02 America/New_York.");
    }
}

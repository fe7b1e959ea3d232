//! `rondel simulate`: what schedules would do, touching nothing.

use std::process::ExitCode;

use anyhow::{Context, bail};
use rondel_daemon::{Firing, Outcome, SimulateOptions, simulate};
use rondel_instance::{Home, InstanceConfig};
use rondel_model::instigation::RunRequest;
use rondel_model::run::tags::PARTITION_NAME_TAG;
use serde_json::{Value, json};

use super::deployment::{Deployment, instance_options};
use crate::cli::SimulateArgs;
use crate::output::{print_json, print_table};
use crate::{logging, signals};

/// Executes the command.
///
/// # Errors
/// Times that cannot be read, a wrong configuration, an unusable database.
pub async fn execute(args: SimulateArgs) -> anyhow::Result<ExitCode> {
    logging::init(&args.logs);
    let _shutdown = signals::shutdown_token()?;
    let now = jiff::Timestamp::now();
    let from = instant(&args.from, now).context("--from")?;
    let to = instant(&args.to, from).context("--to")?;
    if to <= from {
        bail!("--to must be after --from");
    }
    let options = SimulateOptions {
        from: from.as_millisecond() as f64 / 1000.0,
        to: to.as_millisecond() as f64 / 1000.0,
        names: args.schedule,
        with_stopped: args.all,
        evaluate: !args.times_only,
        load_timeout: std::time::Duration::from_secs(180),
    };
    let mut instance_options = instance_options(&args.storage);
    instance_options.storage.read_only = true;
    let home = Home::from_env_or_temporary()?;
    if home.is_temporary() {
        // There is nothing yet that could be opened for reading only.
        instance_options.storage.read_only = false;
    } else if !InstanceConfig::has_file(&home) && !home.base_dir().join("history").exists() {
        bail!(
            "{} holds no instance, and simulating makes none: run 'rondel instance migrate', or unset \
             DAGSTER_HOME to see what schedules do on an instance without history",
            home.base_dir().display()
        );
    }
    let deployment =
        Deployment::open_with(home, &args.workspace, None, instance_options, &args.logs).await?;
    let simulated =
        simulate(options, deployment.instance.clone(), deployment.workspace.clone()).await;
    deployment.shutdown().await;
    let firings = simulated?;
    if args.json {
        print_json(&firings.iter().map(as_json).collect())?;
    } else {
        let header = ["time", "schedule", "location", "job", "would"];
        print_table(&header, firings.iter().map(as_row).collect())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// `now`, a Unix time, an RFC 3339 instant, a day or minute in UTC, or a span after `base` (`+36h`).
fn instant(text: &str, base: jiff::Timestamp) -> anyhow::Result<jiff::Timestamp> {
    let wrong = || {
        format!(
            "{text:?} is not a time: give 'now', 2026-01-31, 2026-01-31T06:00 (UTC), an instant with an \
             offset, a Unix time, or a span such as +24h"
        )
    };
    if text == "now" {
        return Ok(base);
    }
    if let Some(span) = text.strip_prefix('+') {
        let span: jiff::SignedDuration = span.parse().with_context(wrong)?;
        return base.checked_add(span).with_context(wrong);
    }
    if let Ok(seconds) = text.parse::<i64>() {
        return jiff::Timestamp::from_second(seconds).with_context(wrong);
    }
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Ok(instant);
    }
    let civil: jiff::civil::DateTime = text.parse().with_context(wrong)?;
    Ok(civil.to_zoned(jiff::tz::TimeZone::UTC).with_context(wrong)?.timestamp())
}

fn as_row(firing: &Firing) -> Vec<String> {
    let would = match &firing.outcome {
        None => String::new(),
        Some(Outcome::Requests(requests)) => {
            let each: Vec<String> = requests.iter().map(describe).collect();
            match each.len() {
                1 => format!("run {}", each.concat()).trim_end().to_owned(),
                count => format!("{count} runs: {}", each.join(", ")),
            }
        }
        Some(Outcome::Skips(reason)) => match reason {
            Some(reason) => format!("skip: {reason}"),
            None => "skip".to_owned(),
        },
        Some(Outcome::Fails(error)) => {
            format!("FAIL: {}", error.lines().next().unwrap_or_default())
        }
    };
    vec![
        firing.local_time.clone(),
        firing.schedule.clone(),
        firing.location.clone(),
        firing.job.clone(),
        would,
    ]
}

/// The partition or the run key of a request.
fn describe(request: &RunRequest) -> String {
    let partition = request.partition_key.as_ref().or_else(|| request.tags.get(PARTITION_NAME_TAG));
    match (partition, &request.run_key) {
        (Some(partition), _) => format!("of partition {partition}"),
        (None, Some(key)) => format!("with key {key}"),
        (None, None) => String::new(),
    }
}

fn as_json(firing: &Firing) -> Value {
    let mut value = json!({
        "time": firing.at,
        "local_time": firing.local_time,
        "location": firing.location,
        "repository": firing.repository,
        "schedule": firing.schedule,
        "job": firing.job,
    });
    match &firing.outcome {
        None => {}
        Some(Outcome::Requests(requests)) => {
            value["outcome"] = json!("requests");
            value["run_requests"] = requests.iter().map(request_json).collect();
        }
        Some(Outcome::Skips(reason)) => {
            value["outcome"] = json!("skips");
            value["reason"] = json!(reason);
        }
        Some(Outcome::Fails(error)) => {
            value["outcome"] = json!("fails");
            value["error"] = json!(error);
        }
    }
    value
}

fn request_json(request: &RunRequest) -> Value {
    let assets = request.asset_selection.as_ref();
    let run_config: Value =
        serde_json::from_str(&rondel_model::serdes::to_text(&request.run_config))
            .unwrap_or_default();
    json!({
        "run_key": request.run_key,
        "job": request.job_name,
        "partition": request.partition_key,
        "tags": request.tags,
        "run_config": run_config,
        "assets": assets.map(|keys| keys.iter().map(|key| key.to_user_string()).collect::<Vec<_>>()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_forms_told() {
        let base = jiff::Timestamp::from_second(1_000_000_000).unwrap();
        let read = |text: &str| instant(text, base).map(|at| at.as_second()).ok();
        assert_eq!(read("now"), Some(1_000_000_000));
        assert_eq!(read("+24h"), Some(1_000_086_400));
        assert_eq!(read("2024-01-01"), Some(1_704_067_200));
        assert_eq!(read("2024-01-01T06:00"), Some(1_704_088_800));
        assert_eq!(read("2024-01-01T06:00:00+02:00"), Some(1_704_081_600));
        assert_eq!(read("1704067200"), Some(1_704_067_200));
        assert_eq!(read("tomorrow"), None);
    }
}

//! Assets that have to be made for the freshness policies of earlier versions, their own or those of what is
//! downstream (`dagster/_core/definitions/freshness_based_auto_materialize.py`).
//!
//! An asset is made when that brings data that is new enough for the most pressing policy, and then for as
//! many others as one execution can satisfy.

use rondel_cron::{CronSchedule, Zone};
use rondel_model::automation::LegacyFreshnessPolicy;
use rondel_model::ids::AssetKey;
use rondel_model::metadata::{Metadata, TextMetadataValue};
use rondel_model::serdes::Extra;

use super::Rules;
use crate::error::Result;
use crate::evaluate::context::Context;
use crate::evaluate::result::{Outcome, Reason};
use crate::key::Key;
use crate::observation::DataTimes;

/// When an execution may take place, in Unix seconds.
#[derive(Debug, Clone, Copy)]
struct Period {
    start: f64,
    end: f64,
}

/// As of when the data of an asset with rules will be after this tick
/// (`get_expected_data_time_for_asset_key`).
pub(in crate::evaluate) fn expected_data_time(
    context: &Context<'_>,
    will_materialize: bool,
) -> Result<Option<f64>> {
    match Rules::of(context) {
        Ok(rules) => rules.expected(will_materialize),
        // Checks and jobs have no data.
        Err(_) => Ok(None),
    }
}

impl Rules<'_, '_> {
    pub(super) fn required_for_freshness(&self) -> Result<Outcome> {
        let nothing = || Ok(Outcome::of(self.context.empty()));
        let Some(times) = self.data_times(self.asset) else { return nothing() };
        if self.is_partitioned(self.asset)? {
            return nothing();
        }
        let expected = self.expected(true)?;
        if times.current == expected {
            return nothing();
        }
        let now = self.view().observed.time();
        let known = [times.current, times.in_progress, times.failed];
        let effective = known.into_iter().flatten().reduce(f64::max);
        let Some((period, reason)) = self.most_pressing(effective, now)? else { return nothing() };
        let is_due = period.start <= now && expected.is_some_and(|it| it >= period.start);
        if !is_due {
            return nothing();
        }
        let text = TextMetadataValue { text: Some(reason.to_owned()), extra: Extra::default() };
        let metadata = Metadata::from_iter([("text".to_owned(), text.into())]);
        let part = self.context.full();
        let reasons = vec![Reason { metadata, part: part.clone() }];
        Ok(Outcome { reasons, ..Outcome::of(part) })
    }

    /// The period in which one execution satisfies the most pressing policies, and whose they are
    /// (`get_execution_period_and_evaluation_data_for_policies`).
    fn most_pressing(
        &self,
        effective: Option<f64>,
        now: f64,
    ) -> Result<Option<(Period, &'static str)>> {
        let graph = self.view().graph;
        let own = graph.assets().get(self.asset);
        let own = own.and_then(|node| node.snap().legacy_freshness_policy.as_ref());
        let mut periods = Vec::new();
        for policy in graph.freshness_policies(self.asset) {
            periods.push((period_of(policy, effective, now)?, Some(policy) == own));
        }
        periods.sort_by(|a, b| a.0.end.total_cmp(&b.0.end));
        let mut merged: Option<Period> = None;
        let (mut is_own, mut is_downstream) = (false, false);
        for (period, of_own) in periods {
            merged = match merged {
                None => Some(period),
                Some(before) if period.start <= before.end => {
                    Some(Period { start: period.start.max(before.start), end: period.end })
                }
                Some(_) => break,
            };
            is_own |= of_own;
            is_downstream |= !of_own;
        }
        let reason = match (is_own, is_downstream) {
            (true, true) => "Required by this asset's policy and downstream asset's policy",
            (true, false) => "Required by this asset's policy",
            (false, _) => "Required by downstream asset's policy",
        };
        Ok(merged.map(|period| (period, reason)))
    }

    fn expected(&self, will_materialize: bool) -> Result<Option<f64>> {
        let Some(times) = self.data_times(self.asset) else { return Ok(None) };
        if !will_materialize {
            return Ok(times.current);
        }
        let graph = self.view().graph;
        let assets = graph.assets();
        let Some(node) = assets.get(self.asset).filter(|node| !node.is_external()) else {
            return Ok(Some(self.view().observed.time()));
        };
        let is_materializable =
            |key: &AssetKey| assets.get(key).is_some_and(|parent| parent.is_materializable());
        if !node.parents().iter().any(|key| key != self.asset && is_materializable(key)) {
            return Ok(Some(self.view().observed.time()));
        }
        let mut earliest: Option<f64> = None;
        for parent in node.parents() {
            let key = Key::Asset(parent.clone());
            let repository = graph.get(&key).ok().and_then(|parent| parent.repository());
            if self.will_update(&(parent.clone(), None))?
                && repository != graph.get(self.key())?.repository()
            {
                // Made by another run, which has to be over first.
                return Ok(times.current);
            }
            let current = || self.data_times(parent).and_then(|times| times.current);
            let time = self.context.requested.expected(&key).or_else(current);
            earliest = match (earliest, time) {
                (Some(earliest), Some(time)) => Some(earliest.min(time)),
                (earliest, time) => earliest.or(time),
            };
        }
        Ok(earliest)
    }

    /// Known of assets with policies at or below them only.
    fn data_times(&self, asset: &AssetKey) -> Option<DataTimes> {
        self.view().facts(asset)?.data_times
    }
}

/// `get_execution_period_for_policy`
fn period_of(policy: &LegacyFreshnessPolicy, effective: Option<f64>, now: f64) -> Result<Period> {
    let lag = policy.maximum_lag_minutes * 60.0;
    let Some(schedule) = policy.cron_schedule.as_ref().filter(|schedule| !schedule.is_empty())
    else {
        // Python counts in microseconds.
        let whole = |seconds: f64| (seconds * 1e6).round() / 1e6;
        return Ok(match effective {
            None => Period { start: whole(now - lag), end: now },
            Some(effective) => Period {
                start: whole(effective + whole(0.9 * lag)),
                end: whole(effective + lag).max(now),
            },
        });
    };
    let zone = Zone::named(policy.cron_schedule_timezone.as_deref())?;
    let schedule = CronSchedule::parse(schedule)?;
    let mut ticks = schedule.ticks(&zone, now, rondel_cron::Direction::Forward)?;
    loop {
        let Some(tick) = ticks.next() else {
            return Err(rondel_cron::CronError::OutOfRange(now).into());
        };
        let tick = tick? as f64;
        let required = tick - lag;
        if effective.is_none_or(|effective| effective < required) {
            return Ok(Period { start: required, end: tick });
        }
    }
}

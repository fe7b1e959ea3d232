use rondel_model::automation::{
    AndAutomationCondition, AutomationCondition, CronTickPassedCondition,
    MissingAutomationCondition, NewlyTrueCondition, NotAutomationCondition,
};
use rondel_model::ids::AssetKey;
use rondel_model::serdes::Extra;

use super::{Condition, timedelta};
use crate::digest::Digest;
use crate::key::Key;

fn missing() -> AutomationCondition {
    MissingAutomationCondition::default().into()
}

fn not(operand: AutomationCondition) -> AutomationCondition {
    NotAutomationCondition { label: None, operand: Box::new(operand), extra: Extra::default() }
        .into()
}

#[test]
fn the_id_of_a_node_comes_from_its_parent_its_index_and_its_name() {
    let condition = Condition::compile(&not(missing())).unwrap();
    let id = condition.node_id(None, None, None);
    assert_eq!(id, Digest::of("NoneNoneNOT"));
    let child = condition.children[0].node_id(Some(id), Some(0), None);
    assert_eq!(child, Digest::of(&format!("{id}0missing")));
}

#[test]
fn newly_true_has_the_same_id_wherever_it_stands() {
    let stored =
        NewlyTrueCondition { label: None, operand: Box::new(missing()), extra: Extra::default() };
    let condition = Condition::compile(&stored.into()).unwrap();
    let here = condition.node_id(Some(Digest::of("a")), Some(1), None);
    assert_eq!(here, condition.node_id(Some(Digest::of("b")), None, None));
    let target = Key::Asset(AssetKey::new(["up", "stream"]));
    let elsewhere = condition.node_id(None, None, Some(&target));
    assert_ne!(here, elsewhere);
    assert_eq!(
        elsewhere,
        Digest::of(&format!("NEWLY_TRUE{}up/stream", Digest::of("None0missing")))
    );
}

#[test]
fn labels_do_not_change_ids() {
    let operands = vec![missing(), not(missing())];
    let plain = AndAutomationCondition { operands, ..AndAutomationCondition::default() };
    let labelled = AndAutomationCondition { label: Some("mine".into()), ..plain.clone() };
    let id = |condition: AndAutomationCondition| {
        Condition::compile(&condition.into()).unwrap().tree_id().to_owned()
    };
    assert_eq!(id(plain), id(labelled));
}

#[test]
fn names_tell_parameters() {
    let cron = CronTickPassedCondition {
        cron_schedule: "0 * * * *".into(),
        cron_timezone: "UTC".into(),
        ..CronTickPassedCondition::default()
    };
    let condition = Condition::compile(&cron.into()).unwrap();
    assert_eq!(condition.name, "cron_tick_passed(cron_schedule=0 * * * *, cron_timezone=UTC)");
}

#[test]
fn spans_of_time_read_as_in_python() {
    let span = |days, seconds, microseconds| rondel_model::automation::SerializableTimeDelta {
        days,
        seconds,
        microseconds,
        ..Default::default()
    };
    assert_eq!(timedelta::to_text(&span(0, 3_725, 0)), "1:02:05");
    assert_eq!(timedelta::to_text(&span(1, 0, 0)), "1 day, 0:00:00");
    assert_eq!(timedelta::to_text(&span(-2, 59, 1_500)), "-2 days, 0:00:59.001500");
    assert_eq!(timedelta::seconds(&span(1, 1, 500_000)), 86_401.5);
}

//! Runs played through.

mod game;
mod plans;

use std::collections::HashSet;

use rondel_model::event::{DagsterEvent, DagsterEventType, EngineEventData};
use rondel_model::plan::StepOutputProperties;
use rondel_model::snap::{ExecutionPlanSnapshot, ExecutionStepSnap};
use rstest::rstest;

use self::game::Game;
use self::plans::{collected, each_of, fan_in, from, plan_of, step, tagged, with_output};
use crate::{LimitedValues, Rules, StepLimit};

fn diamond() -> Vec<ExecutionStepSnap> {
    vec![
        step("a", vec![]),
        step("b", vec![from("a", "result")]),
        step("c", vec![from("a", "result")]),
        step("d", vec![from("b", "result"), from("c", "result")]),
    ]
}

fn dynamic() -> Vec<ExecutionStepSnap> {
    vec![
        with_output(step("fan", vec![]), |output| output.is_dynamic = true),
        step("each[?]", vec![each_of("fan")]),
        step("all", vec![collected("each", "fan")]),
        step("after", vec![from("all", "result")]),
    ]
}

#[test]
fn a_diamond_is_executed_in_its_order() {
    let mut game = Game::of(diamond());
    assert_eq!(game.play(), "launch:a");
    assert_eq!(game.play(), "");
    assert_eq!(game.succeeds("a"), "launch:b launch:c");
    assert_eq!(game.succeeds("c"), "");
    assert_eq!(game.succeeds("b"), "launch:d");
    assert_eq!(game.succeeds("d"), "success");
}

#[test]
fn what_waits_for_a_failed_step_is_told_once_and_fails_the_run() {
    let mut game = Game::of(diamond());
    game.play();
    game.succeeds("a");
    assert_eq!(
        game.fails("b"),
        "" // the other branch goes on
    );
    let done = game.succeeds("c");
    assert_eq!(done, "tell:Dependencies for step d failed: ['b']. Not executing. failure");
    let (first, failed) = game.progress.failures();
    assert_eq!((first.unwrap().step_key.as_deref(), failed), (Some("b"), &["b".to_owned()][..]));
}

#[test]
fn what_waits_for_abandoned_steps_is_abandoned() {
    let steps = vec![
        step("a", vec![]),
        step("b", vec![from("a", "result")]),
        step("c", vec![from("b", "result")]),
    ];
    let mut game = Game::of(steps);
    game.play();
    assert_eq!(
        game.fails("a"),
        "tell:Dependencies for step b failed: ['a']. Not executing. \
         tell:Dependencies for step c were not executed: ['b']. Not executing. failure"
    );
}

#[test]
fn mapped_steps_come_to_be_when_their_keys_are_known() {
    let mut game = Game::of(dynamic());
    assert_eq!(game.play(), "launch:fan");
    game.yields("fan", Some("x"));
    game.yields("fan", Some("y"));
    assert_eq!(game.ends("fan"), "launch:each[x] launch:each[y]");
    assert_eq!(game.succeeds("each[y]"), "");
    assert_eq!(game.succeeds("each[x]"), "launch:all");
    let known = game.progress.known_state();
    assert_eq!(known.dynamic_mappings["fan"]["result"], Some(vec!["x".into(), "y".into()]));
    assert_eq!(game.succeeds("all"), "launch:after");
    assert_eq!(game.succeeds("after"), "success");
}

#[rstest]
#[case::required(true, "launch:all")]
#[case::optional(false, "skip:all skip:after success")]
fn no_mapping_key_at_all_skips_only_an_optional_output(
    #[case] is_required: bool,
    #[case] done: &str,
) {
    let mut steps = dynamic();
    if !is_required {
        steps[0] = with_output(steps[0].clone(), |output| output.is_required = false);
    }
    let mut game = Game::of(steps);
    game.play();
    assert_eq!(game.ends("fan"), done);
}

#[test]
fn a_dynamic_step_that_is_tried_again_forgets_the_keys_of_its_first_try() {
    let mut game = Game::of(dynamic());
    game.play();
    game.yields("fan", Some("x"));
    assert_eq!(game.wants_retry("fan", 0.0), "launch:fan");
    game.yields("fan", Some("y"));
    assert_eq!(game.ends("fan"), "launch:each[y]");
}

#[test]
fn a_step_is_skipped_for_want_of_an_optional_output_and_a_fan_in_only_for_want_of_all() {
    let optional = |output: &mut StepOutputProperties| output.is_required = false;
    let mut game = Game::of(vec![
        with_output(step("a", vec![]), optional),
        with_output(step("b", vec![]), optional),
        step("after_a", vec![from("a", "result")]),
        step("any", vec![fan_in(&["a", "b"])]),
        step("none", vec![fan_in(&["a", "after_a"])]),
    ]);
    assert_eq!(game.play(), "launch:a launch:b");
    game.ends("a");
    assert_eq!(game.succeeds("b"), "launch:any");
    assert_eq!(game.succeeds("any"), "success");
    let skipped = game.log.iter().filter_map(|entry| {
        let event = entry.dagster_event.as_ref()?;
        event.is(DagsterEventType::StepSkipped).then(|| event.step_key.clone())?
    });
    assert_eq!(skipped.collect::<Vec<_>>(), ["after_a", "none"]);
}

#[test]
fn a_step_that_wants_to_be_tried_again_waits_for_its_time() {
    let mut game = Game::of(vec![step("a", vec![])]);
    game.play();
    assert_eq!(game.wants_retry("a", 5.0), "");
    game.now += 4.9;
    assert_eq!(game.play(), "");
    game.now += 0.2;
    assert_eq!(game.play(), "launch:a");
    assert_eq!(game.progress.in_flight()["a"].attempt, 1);
    assert_eq!(game.progress.known_state().previous_retry_attempts["a"], 1);
    assert_eq!(game.succeeds("a"), "success");
}

#[test]
fn a_worker_without_its_resources_fails_its_step() {
    let mut game = Game::of(vec![step("a", vec![])]);
    game.play();
    let data = EngineEventData { error: Some(Default::default()), ..Default::default() };
    let event = DagsterEvent::new(DagsterEventType::ResourceInitFailure, "job");
    game.event(event.with_step_key("a").with_data(data));
    game.undecided.insert("a".to_owned());
    assert_eq!(game.play(), "", "while somebody decides whether it is tried again");
    game.undecided.clear();
    assert_eq!(game.play(), "fail:a failure");
}

#[test]
fn no_more_steps_are_started_at_once_than_allowed_and_important_ones_first() {
    let mut game = Game::of(vec![
        step("a", vec![]),
        step("b", vec![]),
        tagged(step("c", vec![]), "dagster/priority", "3"),
    ]);
    game.max_concurrent = Some(2);
    assert_eq!(game.play(), "launch:c launch:a");
    assert_eq!(game.succeeds("c"), "launch:b");
}

#[test]
fn limits_by_tag_hold_within_the_run() {
    let on = |key: &str, db: &str| tagged(step(key, vec![]), "db", db);
    let steps = || vec![on("a", "x"), on("b", "x"), on("c", "y"), step("d", vec![])];
    let play = |values| {
        let mut game = Game::of(steps());
        game.limits = vec![StepLimit { key: "db".to_owned(), values, limit: 1 }];
        game.play()
    };
    assert_eq!(play(LimitedValues::All), "launch:a launch:d");
    assert_eq!(play(LimitedValues::Each), "launch:a launch:c launch:d");
    let one = LimitedValues::One("y".to_owned());
    assert_eq!(play(one), "launch:a launch:b launch:c launch:d");
}

#[test]
fn a_step_waits_for_its_pool_and_says_so() {
    let in_pool = |key: &str| ExecutionStepSnap { pool: Some("p".to_owned()), ..step(key, vec![]) };
    let mut game = Game::of(vec![in_pool("a"), in_pool("b"), step("c", vec![])]);
    assert_eq!(game.play(), "launch:a blocked:b launch:c");
    assert_eq!(game.play(), "");
    game.now += 301.0;
    assert_eq!(game.play(), "blocked:b");
    game.slots = 1;
    game.now += 15.0;
    assert_eq!(game.succeeds("a"), "launch:b");
}

#[test]
fn a_clock_that_is_set_back_does_not_make_a_step_wait_for_its_pool() {
    let in_pool = |key: &str| ExecutionStepSnap { pool: Some("p".to_owned()), ..step(key, vec![]) };
    let mut game = Game::of(vec![in_pool("a"), in_pool("b")]);
    assert_eq!(game.play(), "launch:a blocked:b");
    game.now -= 3600.0;
    game.slots = 1;
    assert_eq!(game.play(), "launch:b");
}

#[test]
fn steps_before_that_are_not_executed_again_are_not_waited_for() {
    let plan = ExecutionPlanSnapshot {
        step_keys_to_execute: vec!["c".to_owned(), "d".to_owned()],
        ..plan_of(diamond())
    };
    let mut game = Game::with(plan, Rules::default());
    assert_eq!(game.play(), "launch:c");
    assert_eq!(game.succeeds("c"), "launch:d");
}

#[test]
fn a_step_can_start_as_soon_as_its_inputs_are_there() {
    let mut game = Game::with(plan_of(diamond()), Rules { whole_steps: false });
    game.play();
    game.yields("a", None);
    assert_eq!(game.play(), "launch:b launch:c");
    assert_eq!(game.fails("a"), "");
}

#[test]
fn a_canceled_run_starts_nothing_more() {
    let mut game = Game::of(diamond());
    game.play();
    game.event(DagsterEvent::new(DagsterEventType::RunCanceling, "job"));
    assert_eq!(game.succeeds("a"), "cancel");
    game.event(DagsterEvent::new(DagsterEventType::RunCanceled, "job"));
    assert_eq!(game.play(), "clean-up");
}

/// The state of every moment of a run, rebuilt from its log, leads to the same decisions.
#[test]
fn a_process_that_takes_over_goes_on_where_the_one_before_was() {
    let mut game = Game::of(dynamic());
    game.play();
    game.yields("fan", Some("x"));
    game.yields("fan", Some("y"));
    game.ends("fan");
    game.wants_retry("each[x]", 0.0);
    game.succeeds("each[y]");
    game.succeeds("each[x]");
    game.fails("all");
    let plan = plan_of(dynamic());
    let mut launched = HashSet::new();
    for length in 0..=game.log.len() {
        let mut later = Game::with(plan.clone(), Rules::default());
        later.now = game.now;
        game.log[..length].iter().for_each(|entry| later.write(entry.clone()));
        let next = later.play();
        let started = game.log[..length].iter().filter_map(|entry| {
            let event = entry.dagster_event.as_ref()?;
            event.is(DagsterEventType::StepWorkerStarting).then(|| event.step_key.clone())?
        });
        // what is under way is not started again
        let under_way = later.progress.in_flight().keys().cloned().collect::<HashSet<_>>();
        for step in started {
            let again = format!("launch:{step}");
            assert!(
                !next.split(' ').any(|done| done == again) || step == "each[x]",
                "{length}: {next}"
            );
            launched.insert(step);
        }
        assert!(under_way.len() <= 2, "{length}: {under_way:?}");
    }
    assert_eq!(launched.len(), 4);
    let told = game.log.iter().filter(|entry| entry.dagster_event.is_none()).count();
    assert_eq!(told, 1, "the step after 'all' is told once");
}

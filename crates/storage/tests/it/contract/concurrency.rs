//! Pools.

use rondel_storage::StorageError;
use rstest::rstest;

use super::open;
use crate::backend::Backend;

#[rstest]
#[tokio::test]
async fn slots_go_to_the_highest_priority_and_move_on_when_freed(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let storage = open(backend).await;
    let pools = storage.concurrency();
    pools.set_slots("pool", 1).await.unwrap();
    assert!(pools.claim_slot("pool", "r1", "s", 0).await.unwrap().claimed);
    assert!(!pools.claim_slot("pool", "r2", "s", 0).await.unwrap().claimed);
    assert!(!pools.claim_slot("pool", "r3", "s", 5).await.unwrap().claimed);
    assert_eq!(pools.run_ids().await.unwrap().len(), 3);

    pools.free_slots_for_run("r1").await.unwrap();
    assert!(!pools.claim_slot("pool", "r2", "s", 0).await.unwrap().claimed);
    assert!(pools.claim_slot("pool", "r3", "s", 5).await.unwrap().claimed);
    let names = ["pool".to_owned(), "free".to_owned()];
    let infos = pools.pool_infos(&names, Some(7)).await.unwrap();
    assert_eq!(infos["pool"].claimed_slots[0].run_id, "r3");
    assert_eq!(infos["pool"].pending_steps.len(), 2);
    assert_eq!((infos["free"].limit, infos["free"].using_default_limit), (Some(7), true));

    pools.set_slots("pool", 2).await.unwrap();
    assert!(pools.claim_slot("pool", "r2", "s", 0).await.unwrap().claimed);
    pools.free_slot_for_step("r3", "s").await.unwrap();
    assert!(!pools.check_claim("pool", "r3", "s").await.unwrap().claimed);
}

#[rstest]
#[tokio::test]
async fn a_limit_reduced_below_its_use_takes_effect_when_slots_are_freed(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let storage = open(backend).await;
    let pools = storage.concurrency();
    pools.initialize_to_default("pool", Some(2)).await.unwrap();
    assert!(pools.pool_limits().await.unwrap()[0].from_default);
    for run_id in ["r1", "r2"] {
        assert!(pools.claim_slot("pool", run_id, "s", 0).await.unwrap().claimed);
    }
    pools.set_slots("pool", 1).await.unwrap();
    let names = ["pool".to_owned()];
    let info = &pools.pool_infos(&names, None).await.unwrap()["pool"];
    assert_eq!((info.slot_count, info.claimed_slots.len(), info.limit), (1, 2, Some(1)));
    pools.free_slots_for_run("r1").await.unwrap();
    pools.free_slots_for_run("r2").await.unwrap();
    let info = &pools.pool_infos(&names, None).await.unwrap()["pool"];
    assert_eq!((info.slot_count, info.claimed_slots.len()), (1, 0));
    pools.delete_limit("pool").await.unwrap();
    assert!(pools.concurrency_keys().await.unwrap().is_empty());
    let error = pools.set_slots("pool", 100_000).await.unwrap_err();
    assert!(matches!(error, StorageError::Invalid(_)), "{error}");
}

#[rstest]
#[tokio::test]
async fn racing_steps_never_hold_more_slots_than_there_are(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let storage = open(backend).await;
    storage.concurrency().set_slots("pool", 3).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..12 {
        let pools = storage.concurrency().clone();
        tasks.spawn(async move { pools.claim_slot("pool", &format!("r{number}"), "s", 0).await });
    }
    let mut claimed = 0;
    while let Some(status) = tasks.join_next().await {
        claimed += usize::from(status.unwrap().unwrap().claimed);
    }
    assert_eq!(claimed, 3);
}

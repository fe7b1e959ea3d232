//! Values for unit tests.

use rondel_model::instigation::{InstigatorType, OneOrMany, TickData, TickStatus};
use rondel_model::origin::{
    CodeLocationOrigin, GrpcServerCodeLocationOrigin, RemoteRepositoryOrigin,
};
use rondel_model::snap::ScheduleSnap;

pub(crate) fn schedule_snap(name: &str, cron: &str) -> ScheduleSnap {
    ScheduleSnap {
        name: name.to_owned(),
        cron_schedule: OneOrMany::One(cron.to_owned()),
        job_name: "a_job".to_owned(),
        op_selection: None,
        mode: None,
        environment_vars: Default::default(),
        partition_set_name: None,
        execution_timezone: None,
        description: None,
        default_status: None,
        asset_selection: None,
        tags: Default::default(),
        metadata: Default::default(),
        owners: None,
        extra: Default::default(),
    }
}

pub(crate) fn repository_origin() -> RemoteRepositoryOrigin {
    let location = GrpcServerCodeLocationOrigin {
        location_name: "here".to_owned(),
        ..GrpcServerCodeLocationOrigin::default()
    };
    RemoteRepositoryOrigin::new(CodeLocationOrigin::from(location), "a_repository")
}

pub(crate) fn tick_data(name: &str, status: TickStatus, timestamp: f64) -> TickData {
    let origin = repository_origin().instigator(name);
    TickData::new(&origin, InstigatorType::Schedule, status, timestamp)
}

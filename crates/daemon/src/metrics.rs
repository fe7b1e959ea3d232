//! What monitors are told of the daemons. Nothing is kept, and nothing costs, unless the process has
//! installed a recorder.
//!
//! | metric | labels |
//! |---|---|
//! | `rondel_daemon_leads` | 1 while this process leads, else 0 |
//! | `rondel_daemon_iteration_seconds` | `daemon` |
//! | `rondel_daemon_errors_total` | `daemon`: errors that were reported and survived |
//! | `rondel_daemon_ticks_total` | `kind`, `status` |
//! | `rondel_daemon_launch_seconds` | `outcome`: launched, failed |

use std::time::Instant;

use metrics::{counter, gauge, histogram};
use rondel_model::instigation::Tick;

use crate::DaemonKind;

/// Whether this process leads.
pub(crate) fn leads(leads: bool) {
    gauge!("rondel_daemon_leads").set(if leads { 1.0 } else { 0.0 });
}

/// Measures an iteration of a daemon.
pub(crate) async fn timed<T>(kind: DaemonKind, iteration: impl Future<Output = T>) -> T {
    let began = Instant::now();
    let result = iteration.await;
    histogram!("rondel_daemon_iteration_seconds", "daemon" => kind.daemon_type())
        .record(began.elapsed());
    result
}

/// An error was reported.
pub(crate) fn error(kind: DaemonKind) {
    counter!("rondel_daemon_errors_total", "daemon" => kind.daemon_type()).increment(1);
}

/// A tick was stored; counted once it has ended.
pub(crate) fn tick(tick: &Tick) {
    let data = &tick.tick_data;
    if data.status.is_finished() {
        let (kind, status) = (data.instigator_type.as_str(), data.status.as_str());
        counter!("rondel_daemon_ticks_total", "kind" => kind, "status" => status).increment(1);
    }
}

/// A queued run was given to the launcher.
pub(crate) fn launch(began: Instant, launched: bool) {
    let outcome = if launched { "launched" } else { "failed" };
    histogram!("rondel_daemon_launch_seconds", "outcome" => outcome).record(began.elapsed());
}

//! The parts of a pod's status.

use serde_json::{Value, json};

use crate::store::timestamp;

/// A node has taken the pod.
pub(crate) fn scheduled() -> Value {
    json!({"type": "PodScheduled", "status": "True", "lastTransitionTime": timestamp()})
}

/// The only container, in a state.
pub(crate) fn container_status(pod: &Value, state: Value, ready: bool) -> Value {
    let container = &pod["spec"]["containers"][0];
    json!({
        "name": container["name"],
        "image": container["image"],
        "imageID": "",
        "ready": ready,
        "restartCount": 0,
        "state": state,
        "lastState": {},
    })
}

/// The container runs, and may answer already.
pub(crate) fn running(status: &mut Value, pod: &Value, is_ready: bool) {
    let ready = if is_ready { "True" } else { "False" };
    status["conditions"] = json!([
        scheduled(),
        {"type": "Ready", "status": ready, "lastTransitionTime": timestamp()},
    ]);
    let state = json!({"running": {"startedAt": timestamp()}});
    status["containerStatuses"] = json!([container_status(pod, state, is_ready)]);
}

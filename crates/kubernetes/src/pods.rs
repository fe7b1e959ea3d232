//! What a pod's state means for whoever waits for it, in words that help. Pure.
//!
//! A pod that has ended is told from one that cannot start (*stuck*) and one that may still start
//! (*delayed*): an unschedulable pod waits for a node that an autoscaler may bring, a volume or a
//! ConfigMap may appear, a registry may come back; a missing image or one we may not pull does not.

use k8s_openapi::api::core::v1::{ContainerState, Pod, PodStatus};

/// What a pod is up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Diagnosis {
    /// It starts or runs.
    Well,
    /// Something is in the way that may go.
    Delayed(String),
    /// It will not start.
    Stuck(String),
    /// It has ended; why, if that is known.
    Ended(Option<String>),
}

/// Why a container waits, when that may pass.
const DELAYS: [&str; 4] =
    ["CreateContainerConfigError", "CreateContainerError", "RunContainerError", "CrashLoopBackOff"];

/// Why a container waits, when that will not pass.
const DEAD_ENDS: [&str; 2] = ["InvalidImageName", "ErrImageNeverPull"];

/// What registries say when asking again will not help.
const PULL_REFUSALS: [&str; 8] = [
    "not found",
    "manifest unknown",
    "does not exist",
    "access denied",
    "unauthorized",
    "authentication required",
    "forbidden",
    "invalid reference",
];

/// Looks at a pod.
pub fn diagnose(pod: &Pod) -> Diagnosis {
    let Some(status) = &pod.status else { return Diagnosis::Well };
    if matches!(status.phase.as_deref(), Some("Failed" | "Succeeded")) {
        return Diagnosis::Ended(end(status));
    }
    let states = status
        .init_container_statuses
        .iter()
        .chain(&status.container_statuses)
        .flatten()
        .filter_map(|container| Some((container.name.as_str(), container.state.as_ref()?)));
    for (name, state) in states {
        match waiting(name, state) {
            Diagnosis::Well => {}
            obstacle => return obstacle,
        }
    }
    let unscheduled = status.conditions.iter().flatten().find(|condition| {
        condition.type_ == "PodScheduled"
            && condition.status == "False"
            && condition.reason.as_deref() == Some("Unschedulable")
    });
    unscheduled.map_or(Diagnosis::Well, |condition| {
        let message = condition.message.as_deref().unwrap_or("no reason given");
        Diagnosis::Delayed(format!("The pod cannot be scheduled: {message}"))
    })
}

fn waiting(container: &str, state: &ContainerState) -> Diagnosis {
    let Some(waiting) = &state.waiting else { return Diagnosis::Well };
    let reason = waiting.reason.as_deref().unwrap_or_default();
    let message = waiting.message.as_deref().unwrap_or_default();
    let told = |what: &str| match message {
        "" => format!("{what} ({reason})"),
        message => format!("{what} ({reason}): {message}"),
    };
    match reason {
        "ErrImagePull" | "ImagePullBackOff" => {
            let text = told(&format!("The image of container '{container}' cannot be pulled"));
            let lower = message.to_lowercase();
            if PULL_REFUSALS.iter().any(|refusal| lower.contains(refusal)) {
                Diagnosis::Stuck(text)
            } else {
                Diagnosis::Delayed(text)
            }
        }
        reason if DEAD_ENDS.contains(&reason) => {
            Diagnosis::Stuck(told(&format!("The image of container '{container}' cannot be used")))
        }
        reason if DELAYS.contains(&reason) => {
            Diagnosis::Delayed(told(&format!("Container '{container}' cannot be started")))
        }
        _ => Diagnosis::Well,
    }
}

fn end(status: &PodStatus) -> Option<String> {
    if let Some(reason) = status.reason.as_deref() {
        let message = status.message.as_deref().unwrap_or_default();
        return Some(match reason {
            "Evicted" => format!("The pod was evicted: {message}"),
            _ => format!("The pod was ended ({reason}): {message}"),
        });
    }
    let disrupted = status
        .conditions
        .iter()
        .flatten()
        .find(|condition| condition.type_ == "DisruptionTarget" && condition.status == "True");
    if let Some(condition) = disrupted {
        let reason = condition.reason.as_deref().unwrap_or("no reason given");
        let message = condition.message.as_deref().unwrap_or_default();
        return Some(format!("The pod was taken off its node ({reason}): {message}"));
    }
    let containers =
        status.init_container_statuses.iter().chain(&status.container_statuses).flatten();
    containers
        .filter_map(|container| {
            let ended = container.state.as_ref()?.terminated.as_ref()?;
            if ended.exit_code == 0 {
                return None;
            }
            let name = &container.name;
            Some(match ended.reason.as_deref() {
                Some("OOMKilled") => format!(
                    "Container '{name}' used more memory than its limit and was killed (OOMKilled)"
                ),
                _ => format!("Container '{name}' ended with exit code {}", ended.exit_code),
            })
        })
        .reduce(|all, one| format!("{all}; {one}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn pod(status: Value) -> Pod {
        serde_json::from_value(json!({"metadata": {"name": "p"}, "status": status})).unwrap()
    }

    fn waits(reason: &str, message: &str) -> Value {
        let state = json!({"waiting": {"reason": reason, "message": message}});
        json!({"phase": "Pending", "containerStatuses": [container(state)]})
    }

    fn container(state: Value) -> Value {
        json!({"name": "dagster", "image": "i", "imageID": "", "ready": false, "restartCount": 0, "state": state})
    }

    #[rstest]
    #[case("ErrImagePull", "rpc error: pull access denied, repository does not exist")]
    #[case("ErrImagePull", "Error response from daemon: manifest unknown")]
    #[case("InvalidImageName", "couldn't parse image name")]
    fn an_image_that_cannot_be_had_is_a_dead_end(#[case] reason: &str, #[case] message: &str) {
        let diagnosis = diagnose(&pod(waits(reason, message)));
        assert!(
            matches!(&diagnosis, Diagnosis::Stuck(text) if text.contains(message)),
            "{diagnosis:?}"
        );
    }

    #[rstest]
    #[case("ErrImagePull", "dial tcp: i/o timeout")]
    #[case("ImagePullBackOff", "Back-off pulling image")]
    #[case("CreateContainerConfigError", "secret \"x\" not found")]
    fn what_may_come_right_is_only_a_delay(#[case] reason: &str, #[case] message: &str) {
        let diagnosis = diagnose(&pod(waits(reason, message)));
        assert!(
            matches!(&diagnosis, Diagnosis::Delayed(text) if text.contains(message)),
            "{diagnosis:?}"
        );
    }

    #[test]
    fn a_pod_without_a_node_is_delayed() {
        let condition = json!({"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes are available"});
        let diagnosis = diagnose(&pod(json!({"phase": "Pending", "conditions": [condition]})));
        assert_eq!(
            diagnosis,
            Diagnosis::Delayed("The pod cannot be scheduled: 0/3 nodes are available".to_owned())
        );
    }

    #[rstest]
    #[case(json!({"terminated": {"exitCode": 137, "reason": "OOMKilled"}}), "OOMKilled")]
    #[case(json!({"terminated": {"exitCode": 2, "reason": "Error"}}), "exit code 2")]
    fn the_end_of_a_container_is_told(#[case] state: Value, #[case] expected: &str) {
        let pod = pod(json!({"phase": "Failed", "containerStatuses": [container(state)]}));
        let diagnosis = diagnose(&pod);
        assert!(
            matches!(&diagnosis, Diagnosis::Ended(Some(text)) if text.contains(expected)),
            "{diagnosis:?}"
        );
    }

    #[test]
    fn an_eviction_is_told_before_its_exit_code() {
        let state = json!({"terminated": {"exitCode": 137}});
        let status = json!({
            "phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory.",
            "containerStatuses": [container(state)],
        });
        let expected = "The pod was evicted: The node was low on resource: memory.";
        assert_eq!(diagnose(&pod(status)), Diagnosis::Ended(Some(expected.to_owned())));
    }
}

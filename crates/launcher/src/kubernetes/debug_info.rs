//! What a pod and a Job looked like when a run was given up (`DagsterKubernetesClient.get_pod_debug_info`,
//! `get_job_debug_info`). Pure: text from objects.

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{ContainerState, ContainerStatus, Event, Pod};

/// Lines of a container's log that are shown.
pub(super) const LOG_LINES: i64 = 25;

/// The end of a container's log, or why it cannot be had.
pub(super) type Log = Result<String, String>;

/// The container of a pod that have a log, by name.
pub(super) fn containers_with_logs(pod: &Pod) -> Vec<String> {
    let has_run = |state: &Option<ContainerState>| {
        state.as_ref().is_some_and(|state| state.running.is_some() || state.terminated.is_some())
    };
    statuses(pod)
        .iter()
        .filter(|status| has_run(&status.state) || has_run(&status.last_state))
        .map(|status| status.name.clone())
        .collect()
}

/// Tells about a pod. `logs` are those of [`containers_with_logs`], or `None` to leave logs out; `events`
/// are those of the pod.
pub(super) fn pod_info(
    name: &str,
    pod: Option<&Pod>,
    logs: Option<&[(String, Log)]>,
    events: &Result<Vec<Event>, String>,
) -> String {
    let mut parts = vec![format!("Debug information for pod {name}:")];
    parts.push(match pod {
        Some(pod) => pod_status(pod),
        None => format!("Could not find pod {name}"),
    });
    let containers = pod.and_then(|pod| pod.spec.as_ref()).map(|spec| spec.containers.as_slice());
    let mut shown = Vec::new();
    for container in logs.and(containers).unwrap_or_default() {
        let name = &container.name;
        let log = logs.unwrap_or_default().iter().find(|(of, _)| of == name);
        shown.push(match log.map(|(_, log)| log) {
            Some(Ok(text)) if !text.trim_end_matches('\n').is_empty() => {
                let text = text.strip_suffix('\n').unwrap_or(text);
                if text.contains("exec format error") {
                    parts.push(format!(
                        "Logs for container '{name}' contained `exec format error`, which usually means \
                         that your Docker image was built using the wrong architecture.\nTry rebuilding \
                         your docker image with the `--platform linux/amd64` flag set."
                    ));
                }
                format!("Last {LOG_LINES} log lines for container '{name}':\n{text}")
            }
            Some(Err(error)) => format!("Failure fetching pod logs for container '{name}': {error}"),
            _ => format!("No logs for container '{name}'."),
        });
    }
    parts.extend(shown);
    parts.push(match events {
        Ok(events) => warnings(events),
        Err(error) => format!("Failure fetching pod events: {error}"),
    });
    parts.join("\n\n")
}

fn statuses(pod: &Pod) -> &[ContainerStatus] {
    let statuses = pod.status.as_ref().and_then(|status| status.container_statuses.as_deref());
    statuses.unwrap_or_default()
}

fn pod_status(pod: &Pod) -> String {
    let Some(status) = &pod.status else {
        return "Could not determine pod status.".to_owned();
    };
    let mut text = format!("Pod status: {}", or_none(status.phase.as_deref()));
    if let Some(message) = status.message.as_deref().filter(|message| !message.is_empty()) {
        text.push_str(&format!(": {message}"));
    }
    for container in statuses(pod) {
        let state = container_state(container);
        text.push_str(&format!("\nContainer '{}' status: {state}", container.name));
    }
    text
}

fn container_state(status: &ContainerStatus) -> String {
    let state = status.state.clone().unwrap_or_default();
    let with_message = |reason: Option<String>, message: Option<String>| {
        let reason = or_none(reason.as_deref()).to_owned();
        match message.filter(|message| !message.is_empty()) {
            Some(message) => format!("{reason}: {message}"),
            None => reason,
        }
    };
    if state.running.is_some() {
        let text = if status.ready { "Ready" } else { "Running but not ready" };
        return text.to_owned();
    }
    if let Some(ended) = state.terminated {
        let told = with_message(ended.reason, ended.message);
        return format!("Terminated with exit code {}: {told}", ended.exit_code);
    }
    match state.waiting {
        Some(waiting) => format!("Waiting: {}", with_message(waiting.reason, waiting.message)),
        None => "None".to_owned(),
    }
}

fn warnings(events: &[Event]) -> String {
    let warnings: Vec<String> = events
        .iter()
        .filter(|event| event.type_.as_deref() == Some("Warning"))
        .map(|event| {
            let times = event.count.filter(|count| *count > 1);
            let times = times.map_or_else(String::new, |count| format!(" (x{count})"));
            format!("{}{times}", reason_and_message(event))
        })
        .collect();
    if warnings.is_empty() {
        return "No warning events for pod.".to_owned();
    }
    format!("Warning events for pod:\n{}", warnings.join("\n"))
}

fn reason_and_message(event: &Event) -> String {
    format!("{}: {}", or_none(event.reason.as_deref()), or_none(event.message.as_deref()))
}

/// Tells about a Job and the events about it.
pub(super) fn job_info(name: &str, job: Option<&Job>, events: &[Event]) -> String {
    let status = match job {
        None => format!("Could not find job {name}"),
        Some(job) => job_status(job),
    };
    let mut parts = vec![format!("Debug information for job {name}:"), status];
    parts.extend(events.iter().map(reason_and_message));
    parts.join("\n\n")
}

fn job_status(job: &Job) -> String {
    let Some(status) = &job.status else {
        return "Could not determine job status.".to_owned();
    };
    let start = status
        .start_time
        .as_ref()
        .map(|time| time.0.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string());
    let count = |count: Option<i32>| match count.unwrap_or_default() {
        0 => "None".to_owned(),
        count => count.to_string(),
    };
    format!(
        "Job status:\n - start_time: {}\n - active={}\n - succeeded={}\n - failed={}",
        or_none(start.as_deref()),
        count(status.active),
        count(status.succeeded),
        count(status.failed)
    )
}

/// Joins what is known about a worker with how to find out more.
pub(super) fn advice(about: &str, job: &str, pod: Option<&str>) -> String {
    match pod {
        Some(pod) => format!(
            "{about}\nFor more information about the failure, try running `kubectl describe pod {pod}`, \
             `kubectl logs {pod}`, or `kubectl describe job {job}` in your cluster."
        ),
        None => format!(
            "\n\n{about}\n\nFor more information about the failure, try running `kubectl describe job \
             {job}` in your cluster."
        ),
    }
}

/// Python's rendering of what may be missing.
fn or_none(text: Option<&str>) -> &str {
    text.unwrap_or("None")
}

//! Locations that were found rather than configured, and what happens when names meet.
//!
//! A configured location keeps its name, and so does the first found one. Every other location of that
//! name stands in the workspace under a name of its own, as an error that says which two meet: nothing
//! is merged or hidden silently.

use std::collections::HashMap;

use crate::config::{LocationTarget, ServedElsewhere};

/// A location somebody found, such as a labelled Service of a Kubernetes cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct DiscoveredLocation {
    /// What to load.
    pub target: LocationTarget,
    /// Where it was found, for people: `Service etl/reports`.
    pub found_at: String,
}

/// The locations of a workspace, in order, and those among them that only stand for a conflict.
pub(super) fn merged(
    configured: Vec<LocationTarget>,
    mut discovered: Vec<DiscoveredLocation>,
) -> (Vec<LocationTarget>, HashMap<String, ServedElsewhere>) {
    discovered.sort_by(|a, b| (&a.target.name, &a.found_at).cmp(&(&b.target.name, &b.found_at)));
    let mut holders: HashMap<String, String> = configured
        .iter()
        .map(|target| (target.name.clone(), "the workspace file".to_owned()))
        .collect();
    let mut targets = configured;
    let mut conflicts = HashMap::new();
    for DiscoveredLocation { mut target, found_at } in discovered {
        match holders.get(&target.name) {
            None => drop(holders.insert(target.name.clone(), found_at)),
            Some(holder) => {
                let message = format!(
                    "{found_at} claims the name {}, which {holder} has already: rename one of them\n",
                    target.name
                );
                tracing::warn!("{}", message.trim_end());
                target.name = format!("{} ({found_at})", target.name);
                let failed = ServedElsewhere::Failed {
                    message,
                    stack: Vec::new(),
                    cls_name: Some("CodeLocationNameConflict".to_owned()),
                };
                conflicts.insert(target.name.clone(), failed);
            }
        }
        targets.push(target);
    }
    (targets, conflicts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ServerTarget;

    fn target(name: &str, host: &str) -> LocationTarget {
        let server = ServerTarget {
            host: host.to_owned(),
            port: Some(3030),
            socket: None,
            use_ssl: None,
            additional_metadata: None,
        };
        LocationTarget::server(server, Some(name.to_owned()))
    }

    fn found(name: &str, service: &str) -> DiscoveredLocation {
        let found_at = format!("Service default/{service}");
        DiscoveredLocation { target: target(name, service), found_at }
    }

    #[test]
    fn of_two_locations_with_one_name_the_second_is_an_error_that_names_both() {
        let discovered = vec![found("new", "n"), found("etl", "b"), found("new", "m")];
        let (targets, conflicts) = merged(vec![target("etl", "a")], discovered);
        let names: Vec<&str> = targets.iter().map(|target| target.name.as_str()).collect();
        assert_eq!(names, ["etl", "etl (Service default/b)", "new", "new (Service default/n)"]);
        assert_eq!(conflicts.len(), 2);
        let Some(ServedElsewhere::Failed { message, .. }) =
            conflicts.get("new (Service default/n)")
        else {
            panic!("{conflicts:?}");
        };
        assert!(message.contains("Service default/n") && message.contains("Service default/m"));
    }
}

//! What should be there for a code location, and what to report about it. Pure: time comes in.

use std::time::Duration;

use jiff::Timestamp;
use kube::ResourceExt;
use serde_json::Value;

use crate::defaults::CodeServerDefaults;
use crate::desired;
use crate::probe::Loaded;
use crate::resource::{CodeLocation, CodeLocationStatus, Phase};

/// How soon a location that loads is looked at again.
const SOON: Duration = Duration::from_secs(2);

/// How soon a location that stands is looked at again; changes are told by watches.
const LATER: Duration = Duration::from_secs(30);

/// What is known when a location is looked at.
#[derive(Debug)]
pub struct Observation<'a> {
    /// The resource.
    pub location: &'a CodeLocation,
    /// What every code server gets besides.
    pub defaults: &'a CodeServerDefaults,
    /// All resources that this operator looks after.
    pub all: &'a [CodeLocation],
    /// An object in the place of one that it needs, which was not made for it.
    pub in_the_way: Option<&'static str>,
    /// Whether the newest version of the code server answers.
    pub is_rolled_out: bool,
    /// What the code server has loaded, if it was asked.
    pub loaded: Option<Loaded>,
    /// What keeps the newest version from starting.
    pub obstacle: Option<Obstacle>,
    /// The time.
    pub now: Timestamp,
}

/// Why a code server does not start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// It may go by itself: a node, a volume or a registry may come.
    Passing(String),
    /// It stays until somebody changes something.
    Lasting(String),
}

/// What is to be done about a location.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Its time is over: the resource goes, and everything of its with it.
    Expire,
    /// It gets no code server.
    Withhold {
        /// What to report.
        status: CodeLocationStatus,
        /// When to look again.
        again: Duration,
    },
    /// It is to be served.
    Serve {
        /// The Deployment.
        deployment: Box<Value>,
        /// The Service.
        service: Box<Value>,
        /// What to report.
        status: CodeLocationStatus,
        /// When to look again.
        again: Duration,
    },
}

/// Decides about one location.
pub fn decide(observation: &Observation<'_>) -> Decision {
    let location = observation.location;
    let expiry = expiry(location);
    if expiry.is_some_and(|expiry| expiry <= observation.now) {
        return Decision::Expire;
    }
    let report = |phase, message: Option<String>, repositories| CodeLocationStatus {
        phase,
        message,
        location_name: location.location_name(),
        observed_generation: location.metadata.generation.unwrap_or_default(),
        repositories,
        expires_at: expiry.map(|expiry| expiry.to_string()),
    };
    let until = |pause: Duration| match expiry {
        None => pause,
        Some(expiry) => {
            let left = expiry.duration_since(observation.now);
            pause.min(Duration::try_from(left).unwrap_or_default())
        }
    };
    if let Some(holder) = holder_of_name(location, observation.all) {
        let message = format!(
            "the name {} belongs to the code location {} already: rename one of them",
            location.location_name(),
            holder.place()
        );
        let status = report(Phase::Conflict, Some(message), Vec::new());
        return Decision::Withhold { status, again: until(LATER) };
    }
    if let Some(kind) = observation.in_the_way {
        let message = format!(
            "there is a {kind} {} that was not made for this code location: rename one of them",
            location.place()
        );
        let status = report(Phase::Conflict, Some(message), Vec::new());
        return Decision::Withhold { status, again: until(SOON) };
    }
    let (starting, obstacle) = match &observation.obstacle {
        None => (Phase::Loading, None),
        Some(Obstacle::Passing(text)) => (Phase::Loading, Some(text.as_str())),
        Some(Obstacle::Lasting(text)) => (Phase::Error, Some(text.as_str())),
    };
    let (status, again) = match (&observation.loaded, observation.is_rolled_out) {
        (Some(Loaded::Failed(error)), _) => {
            (report(Phase::Error, Some(error.clone()), Vec::new()), LATER)
        }
        (Some(Loaded::Repositories(names)), true) => {
            (report(Phase::Ready, None, names.clone()), LATER)
        }
        (Some(Loaded::Repositories(names)), false) => {
            let message = match obstacle {
                None => "a new version is being started; the one before is served".to_owned(),
                Some(text) => format!("the version before is served: {text}"),
            };
            (report(starting, Some(message), names.clone()), SOON)
        }
        (Some(Loaded::Unreachable(error)), _) => {
            let message = obstacle.unwrap_or(error).to_owned();
            (report(starting, Some(message), Vec::new()), SOON)
        }
        (None, _) => (report(starting, obstacle.map(str::to_owned), Vec::new()), SOON),
    };
    Decision::Serve {
        deployment: Box::new(desired::deployment(location, observation.defaults)),
        service: Box::new(desired::service(location)),
        status,
        again: until(again),
    }
}

fn expiry(location: &CodeLocation) -> Option<Timestamp> {
    let ttl = i64::try_from(location.spec.ttl_seconds?).ok()?;
    let created = location.metadata.creation_timestamp.as_ref()?.0;
    created.checked_add(jiff::SignedDuration::from_secs(ttl)).ok()
}

/// The resource that had this name before.
fn holder_of_name<'a>(
    location: &CodeLocation,
    all: &'a [CodeLocation],
) -> Option<&'a CodeLocation> {
    let name = location.location_name();
    let age = |one: &CodeLocation| (one.metadata.creation_timestamp.clone(), one.place());
    all.iter()
        .filter(|other| other.uid() != location.uid() && other.location_name() == name)
        .filter(|other| other.metadata.deletion_timestamp.is_none())
        .filter(|other| age(other) < age(location))
        .min_by_key(|other| age(other))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use serde_json::json;

    fn location(name: &str, created: &str, spec: Value) -> CodeLocation {
        let mut all = json!({"image": "i:1", "codeServerArgs": ["-m", "m"]});
        all.as_object_mut().unwrap().extend(spec.as_object().unwrap().clone());
        serde_json::from_value(json!({
            "metadata": {
                "name": name, "namespace": "team", "uid": format!("uid-{name}"),
                "creationTimestamp": created, "generation": 3,
            },
            "spec": all,
        }))
        .unwrap()
    }

    fn status_of(
        location: &CodeLocation,
        all: &[CodeLocation],
        is_rolled_out: bool,
        loaded: Option<Loaded>,
    ) -> CodeLocationStatus {
        let now = "2026-01-01T00:10:00Z".parse().unwrap();
        match decide(&Observation {
            location,
            defaults: &CodeServerDefaults::default(),
            all,
            in_the_way: None,
            is_rolled_out,
            loaded,
            obstacle: None,
            now,
        }) {
            Decision::Serve { status, .. } | Decision::Withhold { status, .. } => status,
            Decision::Expire => panic!("expired"),
        }
    }

    const CREATED: &str = "2026-01-01T00:00:00Z";

    #[test]
    fn of_two_locations_with_one_name_the_older_keeps_it() {
        let older = location("a", CREATED, json!({"locationName": "etl"}));
        let younger = location("b", "2026-01-01T00:01:00Z", json!({"locationName": "etl"}));
        let all = [younger.clone(), older.clone()];
        assert_eq!(status_of(&older, &all, false, None).phase, Phase::Loading);
        let refused = status_of(&younger, &all, false, None);
        assert_eq!(refused.phase, Phase::Conflict);
        assert!(refused.message.unwrap().contains("team/a"));
    }

    #[test]
    fn an_error_of_the_code_is_reported() {
        let location = location("a", CREATED, json!({}));
        let error = Loaded::Failed("ImportError: no module named etl".to_owned());
        let status = status_of(&location, &[], true, Some(error));
        assert_eq!(status.phase, Phase::Error);
        assert_eq!(status.message.unwrap(), "ImportError: no module named etl");
        assert_eq!(status.observed_generation, 3);
    }

    #[test]
    fn it_is_ready_only_when_the_newest_version_answers() {
        let location = location("a", CREATED, json!({}));
        let loaded = || Some(Loaded::Repositories(vec!["__repository__".to_owned()]));
        assert_eq!(status_of(&location, &[], false, loaded()).phase, Phase::Loading);
        assert_eq!(status_of(&location, &[], true, loaded()).phase, Phase::Ready);
    }

    #[test]
    fn what_keeps_a_code_server_from_starting_is_told() {
        let location = location("a", CREATED, json!({}));
        let text = "The pod cannot be scheduled".to_owned();
        let told = |obstacle: Obstacle, loaded: Option<Loaded>| {
            let observation = Observation {
                location: &location,
                defaults: &CodeServerDefaults::default(),
                all: &[],
                in_the_way: None,
                is_rolled_out: false,
                loaded,
                obstacle: Some(obstacle),
                now: "2026-01-01T00:10:00Z".parse().unwrap(),
            };
            match decide(&observation) {
                Decision::Serve { status, .. } => (status.phase, status.message.unwrap()),
                other => panic!("{other:?}"),
            }
        };
        let before = Some(Loaded::Repositories(vec!["r".to_owned()]));
        assert_eq!(told(Obstacle::Passing(text.clone()), None), (Phase::Loading, text.clone()));
        assert_eq!(
            told(Obstacle::Lasting(text.clone()), before),
            (Phase::Error, format!("the version before is served: {text}"))
        );
    }

    #[test]
    fn a_location_goes_when_its_time_is_over() {
        let location = location("a", CREATED, json!({"ttlSeconds": 600}));
        let at = |now: &str| {
            let now = now.parse().unwrap();
            decide(&Observation {
                location: &location,
                defaults: &CodeServerDefaults::default(),
                all: &[],
                in_the_way: None,
                is_rolled_out: true,
                loaded: None,
                obstacle: None,
                now,
            })
        };
        assert_eq!(at("2026-01-01T00:10:00Z"), Decision::Expire);
        let Decision::Serve { again, status, .. } = at("2026-01-01T00:09:59Z") else {
            panic!("expired too early");
        };
        assert_eq!(again, Duration::from_secs(1));
        assert_eq!(status.expires_at.unwrap(), "2026-01-01T00:10:00Z");
    }
}

//! The Engine's description of a container, made from the arguments of docker-py's `containers.create`
//! (`docker/models/containers.py`, `docker/types/containers.py`). Pure. An argument that is not known here is
//! refused by its name: a container without it would run and do something else.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::DockerError;

/// What `POST /containers/create` is sent.
#[derive(Debug, PartialEq)]
pub(super) struct Container {
    pub(super) name: Option<String>,
    pub(super) platform: Option<String>,
    pub(super) body: Value,
}

/// What the launcher itself says about a container.
pub(super) struct Worker<'a> {
    pub(super) image: &'a str,
    pub(super) command: &'a [String],
    pub(super) environment: &'a BTreeMap<String, String>,
    pub(super) network: Option<&'a str>,
    pub(super) labels: &'a [(&'static str, String)],
}

/// How the value of an argument is turned.
#[derive(Clone, Copy)]
enum Turn {
    AsIs,
    /// A number of bytes, also as `512m`.
    Bytes,
    /// Numbers as texts.
    Text,
    /// Each item as text.
    Texts,
    /// A mapping to texts.
    TextMap,
    /// Words of a shell, or a list of them.
    Words,
    Devices,
    DeviceRequests,
    ExtraHosts,
    Tmpfs,
    Capitalized,
}

/// The arguments that describe the container itself.
const OWN: &[(&str, &str, Turn)] = &[
    ("domainname", "Domainname", Turn::AsIs),
    ("entrypoint", "Entrypoint", Turn::Words),
    ("healthcheck", "Healthcheck", Turn::Capitalized),
    ("hostname", "Hostname", Turn::AsIs),
    ("mac_address", "MacAddress", Turn::AsIs),
    ("network_disabled", "NetworkDisabled", Turn::AsIs),
    ("stdin_open", "OpenStdin", Turn::AsIs),
    ("stop_signal", "StopSignal", Turn::AsIs),
    ("tty", "Tty", Turn::AsIs),
    ("user", "User", Turn::Text),
    ("working_dir", "WorkingDir", Turn::AsIs),
];

/// The arguments that tell how the host runs it.
const HOST: &[(&str, &str, Turn)] = &[
    ("auto_remove", "AutoRemove", Turn::AsIs),
    ("blkio_weight", "BlkioWeight", Turn::AsIs),
    ("cap_add", "CapAdd", Turn::AsIs),
    ("cap_drop", "CapDrop", Turn::AsIs),
    ("cgroup_parent", "CgroupParent", Turn::AsIs),
    ("cgroupns", "CgroupnsMode", Turn::AsIs),
    ("cpu_count", "CpuCount", Turn::AsIs),
    ("cpu_percent", "CpuPercent", Turn::AsIs),
    ("cpu_period", "CpuPeriod", Turn::AsIs),
    ("cpu_quota", "CpuQuota", Turn::AsIs),
    ("cpu_rt_period", "CPURealtimePeriod", Turn::AsIs),
    ("cpu_rt_runtime", "CPURealtimeRuntime", Turn::AsIs),
    ("cpu_shares", "CpuShares", Turn::AsIs),
    ("cpuset_cpus", "CpusetCpus", Turn::AsIs),
    ("cpuset_mems", "CpusetMems", Turn::AsIs),
    ("device_cgroup_rules", "DeviceCgroupRules", Turn::AsIs),
    ("device_requests", "DeviceRequests", Turn::DeviceRequests),
    ("devices", "Devices", Turn::Devices),
    ("dns", "Dns", Turn::AsIs),
    ("dns_opt", "DnsOptions", Turn::AsIs),
    ("dns_search", "DnsSearch", Turn::AsIs),
    ("extra_hosts", "ExtraHosts", Turn::ExtraHosts),
    ("group_add", "GroupAdd", Turn::Texts),
    ("init", "Init", Turn::AsIs),
    ("ipc_mode", "IpcMode", Turn::AsIs),
    ("isolation", "Isolation", Turn::AsIs),
    ("log_config", "LogConfig", Turn::Capitalized),
    ("mem_limit", "Memory", Turn::Bytes),
    ("mem_reservation", "MemoryReservation", Turn::Bytes),
    ("mem_swappiness", "MemorySwappiness", Turn::AsIs),
    ("memswap_limit", "MemorySwap", Turn::Bytes),
    ("mounts", "Mounts", Turn::AsIs),
    ("nano_cpus", "NanoCpus", Turn::AsIs),
    ("network_mode", "NetworkMode", Turn::AsIs),
    ("oom_kill_disable", "OomKillDisable", Turn::AsIs),
    ("oom_score_adj", "OomScoreAdj", Turn::AsIs),
    ("pid_mode", "PidMode", Turn::AsIs),
    ("pids_limit", "PidsLimit", Turn::AsIs),
    ("privileged", "Privileged", Turn::AsIs),
    ("publish_all_ports", "PublishAllPorts", Turn::AsIs),
    ("read_only", "ReadonlyRootfs", Turn::AsIs),
    ("restart_policy", "RestartPolicy", Turn::AsIs),
    ("runtime", "Runtime", Turn::AsIs),
    ("security_opt", "SecurityOpt", Turn::AsIs),
    ("shm_size", "ShmSize", Turn::Bytes),
    ("storage_opt", "StorageOpt", Turn::AsIs),
    ("sysctls", "Sysctls", Turn::TextMap),
    ("tmpfs", "Tmpfs", Turn::Tmpfs),
    ("ulimits", "Ulimits", Turn::Capitalized),
    ("userns_mode", "UsernsMode", Turn::AsIs),
    ("uts_mode", "UTSMode", Turn::AsIs),
    ("volume_driver", "VolumeDriver", Turn::AsIs),
    ("volumes_from", "VolumesFrom", Turn::AsIs),
];

/// Describes a worker's container.
pub(super) fn describe(
    worker: &Worker<'_>,
    kwargs: &Map<String, Value>,
) -> Result<Container, DockerError> {
    let environment: Vec<String> =
        worker.environment.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut host = Map::new();
    let mut body = json!({
        "Image": worker.image,
        "Cmd": worker.command,
        "Env": environment,
        "Labels": labels(worker, kwargs)?,
    });
    let mut container = Container { name: None, platform: None, body: Value::Null };
    for (argument, value) in kwargs {
        let at = || format!("container_kwargs.{argument}");
        let entry = |table: &[(&str, &'static str, Turn)]| {
            table.iter().find(|(name, ..)| name == argument).map(|(_, key, turn)| (*key, *turn))
        };
        if value.is_null() {
            continue;
        } else if let Some((key, turn)) = entry(OWN) {
            body[key] = turned(value, turn, &at())?;
        } else if let Some((key, turn)) = entry(HOST) {
            host.insert(key.to_owned(), turned(value, turn, &at())?);
        } else {
            match argument.as_str() {
                // ours, or about the client
                "labels" | "stop_timeout" | "detach" | "use_config_proxy" => {}
                "name" => container.name = Some(text(value, &at())?),
                "platform" => container.platform = Some(text(value, &at())?),
                "volumes" => {
                    let (binds, places) = volumes(value, &at())?;
                    host.insert("Binds".to_owned(), binds.into());
                    body["Volumes"] = places.into();
                }
                "ports" => {
                    let bindings = ports(value, &at())?;
                    let exposed = bindings.keys().map(|port| (port.clone(), json!({})));
                    body["ExposedPorts"] = exposed.collect::<Map<_, _>>().into();
                    host.insert("PortBindings".to_owned(), bindings.into());
                }
                _ => {
                    let reason = "is not supported by Rondel; remove it, or keep this instance's runs on \
                                  dagster-daemon";
                    return Err(DockerError::invalid(at(), reason));
                }
            }
        }
    }
    if let Some(network) = worker.network {
        host.insert("NetworkMode".to_owned(), network.into());
    }
    host.entry("NetworkMode").or_insert_with(|| "default".into());
    body["HostConfig"] = host.into();
    container.body = body;
    Ok(container)
}

fn labels(
    worker: &Worker<'_>,
    kwargs: &Map<String, Value>,
) -> Result<Map<String, Value>, DockerError> {
    const AT: &str = "container_kwargs.labels";
    let mut labels = match kwargs.get("labels") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(labels)) => labels.clone(),
        Some(Value::Array(names)) => names
            .iter()
            .map(|name| Ok((text(name, AT)?, "".into())))
            .collect::<Result<_, DockerError>>()?,
        Some(_) => return Err(DockerError::invalid(AT, "must be a mapping or a list of names")),
    };
    for (name, value) in worker.labels {
        labels.insert((*name).to_owned(), value.as_str().into());
    }
    Ok(labels)
}

fn turned(value: &Value, turn: Turn, at: &str) -> Result<Value, DockerError> {
    let wrong = |what: &str| DockerError::invalid(at, format!("must be {what}, not {value}"));
    let list = || value.as_array().ok_or_else(|| wrong("a list"));
    Ok(match turn {
        Turn::AsIs => value.clone(),
        Turn::Bytes => bytes(value, at)?.into(),
        Turn::Text => text(value, at)?.into(),
        Turn::Texts => list()?
            .iter()
            .map(|item| text(item, at).map(Value::from))
            .collect::<Result<Vec<_>, _>>()?
            .into(),
        Turn::TextMap => value
            .as_object()
            .ok_or_else(|| wrong("a mapping"))?
            .iter()
            .map(|(key, value)| Ok((key.clone(), text(value, at)?.into())))
            .collect::<Result<Map<_, _>, DockerError>>()?
            .into(),
        Turn::Words => match value {
            Value::Array(_) => value.clone(),
            // quoting is left to the list form
            Value::String(line) if !line.contains(['"', '\'', '\\']) => {
                line.split_whitespace().collect::<Vec<_>>().into()
            }
            _ => return Err(wrong("a list of words")),
        },
        Turn::Devices => list()?
            .iter()
            .map(|device| match device {
                Value::String(text) => {
                    let mut parts = text.splitn(3, ':');
                    let host = parts.next().unwrap_or_default();
                    let inside = parts.next().unwrap_or(host);
                    json!({
                        "PathOnHost": host,
                        "PathInContainer": inside,
                        "CgroupPermissions": parts.next().unwrap_or("rwm"),
                    })
                }
                other => other.clone(),
            })
            .collect(),
        Turn::DeviceRequests => list()?.iter().map(capitalized).collect(),
        Turn::Capitalized => match value {
            Value::Array(items) => items.iter().map(capitalized).collect(),
            other => capitalized(other),
        },
        Turn::ExtraHosts => match value {
            Value::Object(hosts) => hosts
                .iter()
                .map(|(host, address)| text(address, at).map(|address| format!("{host}:{address}")))
                .collect::<Result<Vec<_>, _>>()?
                .into(),
            other => other.clone(),
        },
        Turn::Tmpfs => match value {
            Value::Array(mounts) => {
                let mut all = Map::new();
                for mount in mounts {
                    let mount = text(mount, at)?;
                    let (place, options) = mount.split_once(':').unwrap_or((&mount, ""));
                    all.insert(place.to_owned(), options.into());
                }
                all.into()
            }
            other => other.clone(),
        },
    })
}

/// `{driver: x}` and `{Driver: x}` are the same to docker-py; `IDs` is an abbreviation.
fn capitalized(value: &Value) -> Value {
    let Value::Object(fields) = value else { return value.clone() };
    let renamed = fields.iter().map(|(key, value)| {
        let words = key.split('_').map(|word| match word {
            "ids" => "IDs".to_owned(),
            word => {
                let mut letters = word.chars();
                letters
                    .next()
                    .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
            }
        });
        (words.collect::<String>(), value.clone())
    });
    renamed.collect::<Map<_, _>>().into()
}

/// `volumes`: a list of binds, or `{host: {bind, mode}}`.
fn volumes(value: &Value, at: &str) -> Result<(Vec<Value>, Map<String, Value>), DockerError> {
    let mut binds = Vec::new();
    match value {
        Value::Array(given) => {
            for bind in given {
                binds.push(text(bind, at)?);
            }
        }
        Value::Object(given) => {
            for (host, how) in given {
                let (place, mode) = match how {
                    Value::Object(how) => {
                        if how.contains_key("ro") && how.contains_key("mode") {
                            return Err(DockerError::invalid(
                                at,
                                "cannot have both `ro` and `mode`",
                            ));
                        }
                        let place = how.get("bind").and_then(Value::as_str).ok_or_else(|| {
                            DockerError::invalid(at, format!("{host} needs the key 'bind'"))
                        })?;
                        let mode = match (how.get("ro"), how.get("mode").and_then(Value::as_str)) {
                            (Some(Value::Bool(true)), _) => "ro",
                            (_, Some(mode)) => mode,
                            _ => "rw",
                        };
                        match how.get("propagation").and_then(Value::as_str) {
                            Some(propagation) => {
                                (place.to_owned(), format!("{mode},{propagation}"))
                            }
                            None => (place.to_owned(), mode.to_owned()),
                        }
                    }
                    other => (text(other, at)?, "rw".to_owned()),
                };
                binds.push(format!("{host}:{place}:{mode}"));
            }
        }
        _ => return Err(DockerError::invalid(at, "must be a list or a mapping")),
    }
    let place = |bind: &String| bind.split(':').nth(1).unwrap_or(bind).to_owned();
    let places = binds.iter().map(|bind| (place(bind), json!({}))).collect();
    Ok((binds.into_iter().map(Value::from).collect(), places))
}

/// `ports`: `{"80/tcp": 8080}`, also with lists and `{HostIp, HostPort}`.
fn ports(value: &Value, at: &str) -> Result<Map<String, Value>, DockerError> {
    let given = value.as_object().ok_or_else(|| DockerError::invalid(at, "must be a mapping"))?;
    let one = |binding: &Value| -> Result<Value, DockerError> {
        let port = match binding {
            Value::Object(binding) => binding.get("HostPort").unwrap_or(&Value::Null),
            other => other,
        };
        let port = if port.is_null() { String::new() } else { text(port, at)? };
        let host = binding.get("HostIp").and_then(Value::as_str).unwrap_or_default();
        Ok(json!({"HostIp": host, "HostPort": port}))
    };
    let mut all = Map::new();
    for (port, bindings) in given {
        let port = if port.contains('/') { port.clone() } else { format!("{port}/tcp") };
        let bindings = match bindings {
            Value::Array(bindings) => bindings.iter().map(one).collect::<Result<Vec<_>, _>>()?,
            binding => vec![one(binding)?],
        };
        all.insert(port, bindings.into());
    }
    Ok(all)
}

fn text(value: &Value, at: &str) -> Result<String, DockerError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(DockerError::invalid(at, format!("must be text, not {other}"))),
    }
}

/// A number of bytes, or text such as `512m` or `2gb`.
fn bytes(value: &Value, at: &str) -> Result<i64, DockerError> {
    let wrong = || DockerError::invalid(at, format!("must be a size such as 512m, not {value}"));
    let given = match value {
        Value::Number(number) => return number.as_i64().ok_or_else(wrong),
        Value::String(given) => given.to_lowercase(),
        _ => return Err(wrong()),
    };
    let digits = given.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor: i64 = match &given[digits.len()..] {
        "" | "b" => 1,
        "k" | "kb" => 1 << 10,
        "m" | "mb" => 1 << 20,
        "g" | "gb" => 1 << 30,
        "t" | "tb" => 1 << 40,
        _ => return Err(wrong()),
    };
    let number: f64 = digits.parse().map_err(|_| wrong())?;
    Ok((number * factor as f64) as i64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use rstest::rstest;

    fn described(kwargs: &Value) -> Result<Container, DockerError> {
        let command = ["dagster".to_owned()];
        let environment = [("A".to_owned(), "1".to_owned())].into();
        let worker = Worker {
            image: "etl:1",
            command: &command,
            environment: &environment,
            network: None,
            labels: &[("dagster/run_id", "r".to_owned())],
        };
        describe(&worker, kwargs.as_object().unwrap())
    }

    /// What docker-py 7.1 sends for the same arguments, apart from the fields that are always there.
    #[rstest]
    #[case(
        json!({"auto_remove": true, "mem_limit": "512m", "memswap_limit": "1.5g", "shm_size": 1000, "mem_reservation": "64KB"}),
        json!({}),
        json!({"AutoRemove": true, "Memory": 536_870_912, "MemorySwap": 1_610_612_736, "ShmSize": 1000, "MemoryReservation": 65536}),
    )]
    #[case(
        json!({"volumes": {"/a": {"bind": "/b", "mode": "ro"}, "named": {"bind": "/c"}}}),
        json!({"Volumes": {"/b": {}, "/c": {}}}),
        json!({"Binds": ["/a:/b:ro", "named:/c:rw"]}),
    )]
    #[case(
        json!({"volumes": ["/a:/b:ro", "cache:/c"]}),
        json!({"Volumes": {"/b": {}, "/c": {}}}),
        json!({"Binds": ["/a:/b:ro", "cache:/c"]}),
    )]
    #[case(
        json!({"ports": {"80": 8080, "53/udp": [{"HostIp": "127.0.0.1", "HostPort": 53}, 5353], "90/tcp": null}}),
        json!({"ExposedPorts": {"80/tcp": {}, "53/udp": {}, "90/tcp": {}}}),
        json!({"PortBindings": {
            "80/tcp": [{"HostIp": "", "HostPort": "8080"}],
            "53/udp": [{"HostIp": "127.0.0.1", "HostPort": "53"}, {"HostIp": "", "HostPort": "5353"}],
            "90/tcp": [{"HostIp": "", "HostPort": ""}],
        }}),
    )]
    #[case(
        json!({"devices": ["/dev/a", "/dev/b:/dev/c:r"], "device_requests": [{"driver": "nvidia", "count": -1, "capabilities": [["gpu"]], "device_ids": []}]}),
        json!({}),
        json!({
            "Devices": [
                {"PathOnHost": "/dev/a", "PathInContainer": "/dev/a", "CgroupPermissions": "rwm"},
                {"PathOnHost": "/dev/b", "PathInContainer": "/dev/c", "CgroupPermissions": "r"},
            ],
            "DeviceRequests": [{"Driver": "nvidia", "Count": -1, "Capabilities": [["gpu"]], "DeviceIDs": []}],
        }),
    )]
    #[case(
        json!({"extra_hosts": {"db": "10.0.0.1"}, "tmpfs": ["/t", "/u:size=1m"], "group_add": [5, "x"], "sysctls": {"net.core.somaxconn": 1024}}),
        json!({}),
        json!({"ExtraHosts": ["db:10.0.0.1"], "Tmpfs": {"/t": "", "/u": "size=1m"}, "GroupAdd": ["5", "x"], "Sysctls": {"net.core.somaxconn": "1024"}}),
    )]
    #[case(
        json!({"ulimits": [{"name": "nofile", "soft": 1, "hard": 2}], "log_config": {"type": "json-file", "config": {"max-size": "1m"}}}),
        json!({}),
        json!({"Ulimits": [{"Name": "nofile", "Soft": 1, "Hard": 2}], "LogConfig": {"Type": "json-file", "Config": {"max-size": "1m"}}}),
    )]
    #[case(
        json!({"entrypoint": "sh -c", "user": 1000, "read_only": true, "cap_drop": ["ALL"], "stop_timeout": 5, "name": null}),
        json!({"Entrypoint": ["sh", "-c"], "User": "1000"}),
        json!({"ReadonlyRootfs": true, "CapDrop": ["ALL"]}),
    )]
    fn arguments_become_what_docker_py_makes_of_them(
        #[case] kwargs: Value,
        #[case] own: Value,
        #[case] host: Value,
    ) {
        let mut wanted = json!({
            "Image": "etl:1",
            "Cmd": ["dagster"],
            "Env": ["A=1"],
            "Labels": {"dagster/run_id": "r"},
            "HostConfig": {"NetworkMode": "default"},
        });
        wanted.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        wanted["HostConfig"].as_object_mut().unwrap().extend(host.as_object().unwrap().clone());
        assert_eq!(described(&kwargs).unwrap().body, wanted);
    }

    #[rstest]
    #[case(json!({"lxc_conf": {}}), "container_kwargs.lxc_conf: is not supported")]
    #[case(json!({"mem_limit": "much"}), "must be a size such as 512m")]
    #[case(json!({"volumes": {"/a": {"mode": "ro"}}}), "/a needs the key 'bind'")]
    #[case(json!({"entrypoint": "sh -c 'a b'"}), "must be a list of words")]
    fn what_cannot_be_passed_on_is_refused_by_its_name(#[case] kwargs: Value, #[case] words: &str) {
        let error = described(&kwargs).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

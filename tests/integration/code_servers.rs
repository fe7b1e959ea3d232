//! Code servers that hang and that come and go, beside one that works: the daemons wait for them without asking all
//! the time, the other location notices nothing, and when they are back nothing is missing and nothing there twice.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rondel_instance::Clock;
use serde_json::Value;

use crate::harness::wait_for;
use crate::inside::{Done, NOON, PATIENCE, Rig, SettableClock};
use crate::judge::CodeServer;

/// How a code server behaves, seen from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    Works,
    /// Accepts connections and says nothing.
    Hangs,
    /// Closes connections at once, those there are included.
    Away,
}

/// Stands before a code server.
struct Proxy {
    port: u16,
    state: Arc<State>,
}

struct State {
    manner: Mutex<Manner>,
    connections: AtomicUsize,
    /// Bytes that clients sent: a call has some.
    asked: AtomicUsize,
    open: Mutex<Vec<TcpStream>>,
}

impl State {
    fn manner(&self) -> Manner {
        *self.manner.lock().unwrap()
    }

    /// Passes bytes on for as long as nobody minds; what comes while the server hangs is swallowed.
    fn pass(&self, mut from: TcpStream, mut to: TcpStream, is_asked: bool) {
        let mut bytes = [0; 16_384];
        while let Ok(count) = from.read(&mut bytes) {
            if is_asked {
                self.asked.fetch_add(count, Ordering::SeqCst);
            }
            let passed = match self.manner() {
                Manner::Works => to.write_all(&bytes[..count]),
                Manner::Hangs => Ok(()),
                Manner::Away => break,
            };
            if count == 0 || passed.is_err() {
                break;
            }
        }
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    }
}

impl Proxy {
    fn before(port_behind: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            manner: Mutex::new(Manner::Works),
            connections: AtomicUsize::new(0),
            asked: AtomicUsize::new(0),
            open: Mutex::default(),
        });
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                shared.connections.fetch_add(1, Ordering::SeqCst);
                if shared.manner() == Manner::Away {
                    continue;
                }
                let Ok(server) = TcpStream::connect(("127.0.0.1", port_behind)) else { continue };
                shared.open.lock().unwrap().push(client.try_clone().unwrap());
                let (back, from) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let (there, here) = (Arc::clone(&shared), Arc::clone(&shared));
                std::thread::spawn(move || there.pass(from, server, true));
                std::thread::spawn(move || here.pass(back, client, false));
            }
        });
        Self { port, state }
    }

    fn behave(&self, manner: Manner) {
        *self.state.manner.lock().unwrap() = manner;
        // What was swallowed is not made up for: who hung has to be connected to again.
        if manner != Manner::Hangs {
            for client in self.state.open.lock().unwrap().drain(..) {
                let _ = client.shutdown(Shutdown::Both);
            }
        }
    }

    fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    fn asked(&self) -> usize {
        self.state.asked.load(Ordering::SeqCst)
    }
}

/// Two locations with the same schedules and sensors: `steady`, and `shaky` behind a proxy.
struct Scene {
    rig: Rig,
    home: PathBuf,
    shaky: Arc<Proxy>,
    clock: Arc<SettableClock>,
    _servers: [CodeServer; 2],
    _folder: tempfile::TempDir,
}

impl Scene {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir(&path).unwrap();
            path
        };
        let home = at("home");
        // Nothing is launched: this is about evaluations.
        let yaml = "telemetry: {enabled: false}\nrun_queue: {max_concurrent_runs: 0}\n";
        std::fs::write(home.join("dagster.yaml"), yaml).unwrap();
        let variables = [("LAST_NUMBER", "1000000")];
        let servers = [at("steady"), at("shaky")]
            .map(|path| CodeServer::start("interrupted.py", &path, &variables));
        let shaky = Arc::new(Proxy::before(servers[1].port));
        let entry = |name: &str, port: u16| {
            format!("  - grpc_server: {{host: 127.0.0.1, port: {port}, location_name: {name}}}\n")
        };
        let entries = entry("steady", servers[0].port) + &entry("shaky", shaky.port);
        let workspace = folder.path().join("workspace.yaml");
        std::fs::write(&workspace, format!("load_from:\n{entries}")).unwrap();
        let rig = Rig::start(&workspace, &[("DAGSTER_GRPC_TIMEOUT_SECONDS", "4")]);
        let clock = SettableClock::going(NOON - 55.0);
        Self { rig, home, shaky, clock, _servers: servers, _folder: folder }
    }

    fn of(&mut self, location: &str) -> (Done, Value) {
        let account = self.rig.account(&self.home);
        let done = account["by_location"][location].clone();
        (serde_json::from_value(done).unwrap_or_default(), account)
    }

    fn wait_until_fired(&mut self, location: &str, minute: &str) {
        wait_for(&format!("{minute} of {location}"), PATIENCE, || {
            let (done, _) = self.of(location);
            let of_minute = |key| format!("2024-01-01T{minute}:00+00:00 {key} - - -");
            ["one", "two"].iter().all(|key| done.contains_key(&of_minute(key))).then_some(())
        });
    }

    /// Requests that the sensor of a location made.
    fn requests(&mut self, location: &str) -> usize {
        self.of(location).0.keys().filter(|what| what.starts_with("- key ")).count()
    }

    fn wait_until_evaluated(&mut self, location: &str) {
        let before = self.requests(location);
        wait_for(&format!("evaluation in {location}"), PATIENCE, || {
            (self.requests(location) > before).then_some(())
        });
    }

    /// Every key that was asked for up to the last, each once, like every minute.
    fn assert_once(&mut self, location: &str) {
        let (done, account) = self.of(location);
        assert!(done.values().all(|runs| runs.len() == 1), "{location}: {account:#}");
        let mut fired: Vec<&str> =
            done.keys().filter_map(|what| what.strip_prefix("2024-01-01T")?.get(..5)).collect();
        fired.dedup();
        // the test may take longer than a minute
        let expected = ["12:00", "12:01", "12:02"];
        assert!(!fired.is_empty() && expected.starts_with(&fired), "{location}: {account:#}");
        let mut keys: Vec<usize> = done
            .keys()
            .filter_map(|what| what.strip_prefix("- key ")?.split(' ').next()?.parse().ok())
            .collect();
        keys.sort_unstable();
        assert_eq!(keys, (0..keys.len()).collect::<Vec<_>>(), "{location}: {account:#}");
    }
}

/// How long something took.
fn timed(work: impl FnOnce()) -> f64 {
    let began = Instant::now();
    work();
    began.elapsed().as_secs_f64()
}

fn failed(account: &Value) -> u64 {
    let count = |what: &str| account["ticks"][what].as_u64().unwrap_or(0);
    count("shaky minutely FAILURE") + count("shaky watching FAILURE")
}

#[test]
fn a_code_server_that_hangs_for_a_while_costs_no_tick() {
    let mut scene = Scene::start();
    let daemons = scene.rig.daemons(&scene.home, &scene.clock);
    scene.wait_until_evaluated("shaky");
    scene.shaky.behave(Manner::Hangs);
    scene.clock.set(NOON - 2.0);
    let (connections, asked) = (scene.shaky.connections(), scene.shaky.asked());
    let took = timed(|| {
        scene.wait_until_fired("steady", "12:00");
        scene.wait_until_evaluated("steady");
    });
    // longer than a call may take, and over the time of another evaluation of the sensor
    std::thread::sleep(Duration::from_secs_f64((35.0 - took).max(10.0)));
    let (connections, asked) =
        (scene.shaky.connections() - connections, scene.shaky.asked() - asked);
    let seconds = took.max(35.0);
    assert!((connections as f64) < seconds, "{connections} connections in {seconds:.0} s");
    assert!((asked as f64) < seconds * 10_000.0, "{asked} bytes asked in {seconds:.0} s");
    let (done, account) = scene.of("shaky");
    assert!(!done.keys().any(|what| what.starts_with("2024")), "{account:#}");
    let attempts = failed(&account);
    assert!((1..=4).contains(&attempts), "{attempts}: {account:#}");

    scene.shaky.behave(Manner::Works);
    // before the next full minute
    if scene.clock.now().seconds() > NOON + 30.0 {
        scene.clock.set(NOON + 30.0);
    }
    scene.wait_until_fired("shaky", "12:00");
    scene.wait_until_evaluated("shaky");
    scene.rig.stop(daemons);
    for location in ["steady", "shaky"] {
        scene.assert_once(location);
    }
}

#[test]
fn a_code_server_that_goes_and_comes_every_second_costs_no_tick() {
    let mut scene = Scene::start();
    let daemons = scene.rig.daemons(&scene.home, &scene.clock);
    scene.wait_until_evaluated("shaky");
    let connections = scene.shaky.connections();
    let is_over = Arc::new(AtomicUsize::new(0));
    let (shaky, over) = (Arc::clone(&scene.shaky), Arc::clone(&is_over));
    let flapping = std::thread::spawn(move || {
        while over.load(Ordering::SeqCst) == 0 {
            shaky.behave(Manner::Away);
            std::thread::sleep(Duration::from_secs(1));
            shaky.behave(Manner::Works);
            std::thread::sleep(Duration::from_secs(1));
        }
    });
    scene.clock.set(NOON - 2.0);
    let took = timed(|| {
        scene.wait_until_fired("steady", "12:00");
        scene.wait_until_evaluated("steady");
    });
    std::thread::sleep(Duration::from_secs_f64((30.0 - took).max(0.0)));
    is_over.store(1, Ordering::SeqCst);
    flapping.join().unwrap();
    let connections = scene.shaky.connections() - connections;
    let seconds = took.max(30.0);
    assert!((connections as f64) < seconds * 10.0, "{connections} connections in {seconds:.0} s");

    scene.wait_until_fired("shaky", "12:00");
    scene.wait_until_evaluated("shaky");
    scene.rig.stop(daemons);
    for location in ["steady", "shaky"] {
        scene.assert_once(location);
    }
}

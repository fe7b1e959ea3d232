//! The unmodified Python client drives Rondel, and Python reads what Rondel stored.

use crate::harness::{Server, run_python};

#[test]
fn the_python_graphql_client_submits_follows_reloads_and_terminates() {
    let server = Server::dev_of_quickstart();
    server.wait_until_loaded();
    let port = server.url.rsplit(':').next().unwrap().trim_end_matches('/').to_owned();
    let report = run_python("graphql_client.py", &[&port], &server.home);
    assert!(report.contains("client: ok"), "{report}");
    let report = run_python("read_instance.py", &[], &server.home);
    assert!(report.contains("instance: ok"), "{report}");
}

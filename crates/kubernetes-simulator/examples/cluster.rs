//! A small Kubernetes as a program, for benchmarks and for trying things out.
//!
//! Prints the path of a kubeconfig file and serves until its standard input ends. `--without-kubelet`: pods are
//! accepted and never run; `--network`: each has an address of its own. Containers find their programs on the `PATH` that this program has.

use rondel_kubernetes_simulator::{Cluster, ClusterOptions};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let has = |flag: &str| std::env::args().any(|argument| argument == flag);
    let options = ClusterOptions {
        path: variable("PATH"),
        environment: vec![("HOME".to_owned(), variable("HOME"))],
        without_kubelet: has("--without-kubelet"),
        network: has("--network"),
        ..ClusterOptions::default()
    };
    let cluster = Cluster::start(options).await?;
    println!("{}", cluster.kubeconfig()?.display());
    tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()))
        .await??;
    Ok(())
}

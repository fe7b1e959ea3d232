"""Compares how fast `rondel daemon` and `dagster-daemon` turn queued runs into Kubernetes Jobs.

    cargo build -p rondel-kubernetes-simulator --example cluster
    python benches/jobs.py --rondel target/release/rondel --postgres postgresql://…/postgres \
        --cluster target/debug/examples/cluster [--runs 1000] [--dagster-runs 100]

Both launch with K8sRunLauncher and the same configuration against the same API server, which accepts Jobs and
runs no pods: the simulator of this repository, or with --kubeconfig a real cluster (its namespace `default`;
Jobs are left there). The interpreter that runs this must have dagster, dagster-postgres and dagster-k8s.
Measured is the time from the first STARTING event to the last Job's launch, and that each run has one Job.
"""

import argparse
import json
import subprocess
from pathlib import Path

from daemons import EVENT_TIMES, deployment

LAUNCHED = (
    "SELECT count(DISTINCT run_id) FROM event_logs"
    " WHERE event LIKE '%Kubernetes run worker job created%'"
)
LAUNCHED_TIMES = (
    "SELECT extract(epoch FROM timestamp) FROM event_logs"
    " WHERE event LIKE '%Kubernetes run worker job created%'"
)


def launcher(kubeconfig):
    config = {
        "service_account_name": "default",
        "instance_config_map": "dagster-instance",
        "dagster_home": "/opt/dagster/dagster_home",
        "job_image": "simulated:1",
        "job_namespace": "default",
        "load_incluster_config": False,
        "kubeconfig_file": str(kubeconfig),
    }
    section = {"module": "dagster_k8s", "class": "K8sRunLauncher", "config": config}
    # As in the Helm charts; these two lines belong to run_queue.
    return f"  dequeue_use_threads: true\n  dequeue_num_workers: 4\nrun_launcher: {json.dumps(section)}\n"


def jobs(kubeconfig):
    import kubernetes

    kubernetes.config.load_kube_config(str(kubeconfig))
    found = kubernetes.client.BatchV1Api().list_namespaced_job("default").items
    return [job.metadata.labels.get("dagster/run-id") for job in found]


def measure(options, kind, count, kubeconfig):
    with deployment(options, extra=launcher(kubeconfig)) as bench:
        run_ids = []
        for run_id, submit in bench.submit(count):
            submit()
            run_ids.append(run_id)
        with bench.daemon(kind):
            bench.wait_for(LAUNCHED, count)
        began = min(float(row[2]) for row in bench.query(EVENT_TIMES) if row[1] == "PIPELINE_STARTING")
        ended = max(float(row[0]) for row in bench.query(LAUNCHED_TIMES))
        made = [run_id for run_id in jobs(kubeconfig) if run_id in set(run_ids)]
        assert sorted(made) == sorted(run_ids), f"{len(made)} Jobs for {count} runs"
        return {"runs": count, "seconds": ended - began, "jobs_per_second": count / max(ended - began, 1e-3)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rondel", required=True, help="the binary, built for release")
    parser.add_argument("--postgres", required=True, help="URL of a server where databases may be made")
    parser.add_argument("--cluster", help="the simulator")
    parser.add_argument("--kubeconfig", help="a real cluster instead")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--dagster-runs", type=int, default=100, help="fewer, because it takes its time")
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    options.rondel = str(Path(options.rondel).resolve())
    options.workers = True  # the code server is the one Dagster has; it starts no runs here
    simulator = None
    kubeconfig = options.kubeconfig
    if not kubeconfig:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        simulator = subprocess.Popen([options.cluster, "--without-kubelet"], **pipes)
        kubeconfig = simulator.stdout.readline().strip()
    figures = {}
    try:
        for kind, count in [("dagster", options.dagster_runs), ("rondel", options.runs)]:
            figures[kind] = measure(options, kind, count, kubeconfig) if count else {}
            print(kind, {what: round(value, 2) for what, value in figures[kind].items()}, flush=True)
    finally:
        if simulator:
            simulator.stdin.close()
            simulator.wait()
    if all(figures.values()):
        print(f"{figures['rondel']['jobs_per_second'] / figures['dagster']['jobs_per_second']:.1f} times as fast")
    if options.json:
        Path(options.json).write_text(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()

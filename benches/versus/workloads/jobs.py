"""Queued runs turned into Kubernetes Jobs by K8sRunLauncher.

Both launch with the same configuration against the same API server, which accepts Jobs and runs no pods: the simulator
of this repository, or with --kubeconfig a real cluster (its namespace `default`; Jobs are left there). Dagster is
measured with fewer runs, because it takes its time; the rates can be compared, since a run costs either as much as
the one before. Each run must have exactly one Job.
"""

import contextlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

from support.cost import meter
from support.deployment import deployment
from support.pairs import KINDS, Metric, Row, alternate, rows
from workloads.daemons import DEFINITIONS, EVENT_TIMES

TITLE = "Kubernetes Jobs: rondel daemon beside dagster-daemon"

CREATED = "event LIKE '%Kubernetes run worker job created%'"
LAUNCHED = f"SELECT count(DISTINCT run_id) FROM event_logs WHERE {CREATED}"
LAST_LAUNCH = f"SELECT extract(epoch FROM max(timestamp)) FROM event_logs WHERE {CREATED}"


def arguments(parser) -> None:
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--cluster", help="the simulator (example `cluster` of rondel-kubernetes-simulator)")
    parser.add_argument("--kubeconfig", help="a real cluster instead")
    parser.add_argument("--runs", type=int, default=1000, help="runs that Rondel launches in a turn")
    parser.add_argument("--dagster-runs", type=int, default=60, help="runs that Dagster launches in a turn")


def measure(options) -> list[Row]:
    if not options.cluster and not options.kubeconfig:
        raise SystemExit("the jobs workload needs --cluster or --kubeconfig")
    counts = {"dagster": options.dagster_runs, "rondel": options.runs}
    with cluster(options) as kubeconfig:
        found = alternate(options.pairs, options.only or KINDS, lambda kind: launches(options, kind, counts[kind], kubeconfig), "jobs")
    group = f"queued runs to Jobs ({counts['dagster']} runs a turn with Dagster, {counts['rondel']} with Rondel)"
    return rows(group, found, (
        Metric("per_second", "Jobs", "1/s", higher_is_better=True),
        Metric("process_cpu", "CPU of the daemon for a run", "ms", scale=1000, charted=False),
        Metric("database_cpu", "CPU of PostgreSQL for a run", "ms", scale=1000, charted=False),
        Metric("cpu", "CPU of both for a run", "ms", scale=1000),
    ))  # fmt: skip


@contextlib.contextmanager
def cluster(options) -> Iterator[Path]:
    """The file that tells how to reach the API server."""
    if options.kubeconfig:
        yield Path(options.kubeconfig)
        return
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    simulator = subprocess.Popen([options.cluster, "--without-kubelet"], **pipes)
    try:
        yield Path(simulator.stdout.readline().strip())
    finally:
        simulator.stdin.close()  # it ends with its input
        simulator.wait(30)


def launches(options, kind: str, count: int, kubeconfig: Path) -> dict:
    definitions = DEFINITIONS % {"schedules": 0, "sensors": 0}
    with deployment(options, definitions, workers=True, yaml=configuration(kubeconfig)) as made:
        run_ids = []
        for run_id, submit in made.submissions(count):
            submit()
            run_ids.append(run_id)
        made.hold()
        with made.settled_daemon(kind) as pid:
            used = meter(pid, made.database)
            made.release()
            made.database.wait_for(LAUNCHED, count)
            spent = used()
        began = min(float(row[2]) for row in made.database.query(EVENT_TIMES) if row[1] == "PIPELINE_STARTING")
        ((ended,),) = made.database.query(LAST_LAUNCH)
        jobs = [run_id for run_id in labels(kubeconfig) if run_id in set(run_ids)]
        if sorted(jobs) != sorted(run_ids):
            raise SystemExit(f"{kind} made {len(jobs)} Jobs for {count} runs")
        each = {key: value / count for key, value in spent.items() if key != "seconds"}
        return {**each, "per_second": count / max(float(ended) - began, 1e-3)}


def configuration(kubeconfig: Path) -> str:
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
    # The queue as in the Helm charts.
    queue = {"max_concurrent_runs": -1, "dequeue_use_threads": True, "dequeue_num_workers": 4}
    return f"run_queue: {json.dumps(queue)}\nrun_launcher: {json.dumps(section)}\n"


def labels(kubeconfig: Path) -> list[str]:
    """The run of each Job there is."""
    import kubernetes

    kubernetes.config.load_kube_config(str(kubeconfig))
    found = kubernetes.client.BatchV1Api().list_namespaced_job("default").items
    return [job.metadata.labels.get("dagster/run-id") for job in found]

"""Measures Rondel beside Dagster, turn by turn on one machine: `python benches/versus WORKLOAD --help`.

The interpreter needs Dagster with its webserver, Postgres and Kubernetes packages; run.sh beside this prepares it.
"""

import argparse
import os
import signal
import sys
from pathlib import Path

import workloads
from support import report


def main() -> None:
    parser = argparse.ArgumentParser(prog="versus", description=__doc__.splitlines()[0])
    kinds = parser.add_subparsers(dest="workload", required=True)
    for name, workload in workloads.ALL.items():
        formatter = argparse.RawDescriptionHelpFormatter
        one = kinds.add_parser(name, help=workload.TITLE, description=workload.__doc__, formatter_class=formatter)
        one.add_argument("--rondel", required=True, help="the binary, built for release")
        one.add_argument(
            "--postgres",
            default=os.environ.get("RONDEL_TEST_POSTGRES_URL"),
            help="URL of a server where databases may be made and nothing else is done meanwhile",
        )
        one.add_argument("--only", action="append", choices=("dagster", "rondel"), help="measure one of them")
        one.add_argument("--out", type=Path, default=Path("."), help="the folder for WORKLOAD.json, .md and .svg")
        workload.arguments(one)
        one.set_defaults(measure=workload.measure)
    options = parser.parse_args()
    if not options.postgres:
        parser.error("--postgres or RONDEL_TEST_POSTGRES_URL is needed")
    options.rondel = str(Path(options.rondel).resolve())
    # A measurement that is stopped ends the processes that it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    about = report.facts(options)
    rows = options.measure(options)
    report.write(options.out, options.workload, workloads.ALL[options.workload].TITLE, rows, about)
    print(report.text(rows))
    print(f"\nwritten to {options.out.resolve()}: {options.workload}.json, .md, .svg")


if __name__ == "__main__":
    main()

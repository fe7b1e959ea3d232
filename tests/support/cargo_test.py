"""Runs `cargo test --no-fail-fast` with the given arguments, and what failed a second time on its own.

Many tests give real processes a limited time, and a machine whose few cores compile and test at once may not keep to
it. A test that fails twice fails; one that passes the second time is told at the end, so that it can be looked into.
More than a few failures are no accident and are not run again.
"""

import subprocess
import sys
from collections.abc import Iterable

ACCIDENTS = 3
FAILED_TARGET = "error: test failed, to rerun pass `"
NAMES = "failures:"


def failed_tests(lines: Iterable[str]) -> list[tuple[str, str]]:
    """(target, test) of each failure. A target that ended without naming one (it was killed) comes with an empty name."""
    failed, names, is_list = [], [], False
    for line in lines:
        if line.startswith(FAILED_TARGET):
            target = line.removeprefix(FAILED_TARGET).rstrip().rstrip("`")
            failed += [(target, name) for name in names or [""]]
            names, is_list = [], False
        elif line.rstrip() == NAMES:
            # The output of the failed tests comes under this heading too; the list is the last.
            names, is_list = [], True
        elif is_list and line.startswith("    ") and line.strip():
            names.append(line.strip())
        elif line.strip():
            is_list = False
    return failed


def cargo_test(arguments: list[str]) -> tuple[int, list[tuple[str, str]]]:
    command = ["cargo", "test", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace") as run:
        lines = []
        for line in run.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    return run.returncode, failed_tests(lines)


def of_any_package(target: str) -> list[str]:
    """The target without its package: to choose one would choose other features, and compile everything anew."""
    words = target.split()
    return words[2:] if words[:1] == ["-p"] else words


def main() -> int:
    arguments = sys.argv[1:]
    code, failed = cargo_test([*arguments, "--no-fail-fast"])
    told = [f"{target} {name}".rstrip() for target, name in failed]
    if code == 0:
        return 0
    if not failed or len(failed) > ACCIDENTS or not all(name for _, name in failed):
        print("failed:", *told, sep="\n  ")
        return code
    print("failed, run again each on its own:", *told, sep="\n  ", flush=True)
    twice = [
        test
        for (target, name), test in zip(failed, told, strict=True)
        if cargo_test([*arguments, *of_any_package(target), "--", "--exact", name])[0] != 0
    ]
    print("failed twice:" if twice else "passed the second time:", *(twice or told), sep="\n  ")
    return code if twice else 0


if __name__ == "__main__":
    sys.exit(main())

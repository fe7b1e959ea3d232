"""Runs the command under test once: inputs as files, answer as the last line of JSON, log lines logged again."""

import json
import logging
import os
import re
import select
import shlex
import shutil
import subprocess
import threading
import time
from unittest import mock

import yaml
from bridge import Bridge
from code_servers import describe
from compat_errors import Unmappable, exception_class
from run_folder import count_call, new_folder

COMMAND = shlex.split(os.environ.get("COMPAT_TICK", "rondel"))
TIMEOUT = 90

_LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+ - (\S+) - (DEBUG|INFO|WARNING|ERROR|CRITICAL) - (.*)$")


class CommandFailed(Exception):
    """The command ended without an answer, or with an error of a class that Dagster does not have."""


def frozen_now():
    """The frozen time, or None."""
    import dagster._time as clock

    stub = clock._mockable_get_current_timestamp
    return stub() if isinstance(stub, mock.Mock) else None


def home_of(instance):
    """The instance's folder, with a dagster.yaml in it."""
    if instance.is_ephemeral:
        raise Unmappable("an instance in memory")
    try:
        home = instance.root_directory
    except Exception as error:
        raise Unmappable(f"an instance without a folder: {error}") from error
    path = os.path.join(home, "dagster.yaml")
    if not os.path.exists(path):
        _write_instance_file(instance.get_ref(), path)
    return home


def _write_instance_file(ref, path):
    sections = {
        "run_launcher": ref.run_launcher_data,
        "run_coordinator": ref.run_coordinator_data,
        "local_artifact_storage": ref.local_artifact_storage_data,
        "compute_logs": ref.compute_logs_data,
    }
    if ref.storage_data is not None:
        sections["storage"] = ref.storage_data
    else:
        sections["run_storage"] = ref._run_storage_data
        sections["event_log_storage"] = ref._event_storage_data
        sections["schedule_storage"] = ref._schedule_storage_data
    config = dict(ref.settings or {})
    for key, data in sections.items():
        if data is not None:
            options = yaml.safe_load(data.config_yaml) or {}
            config[key] = {"module": data.module_name, "class": data.class_name, "config": options}
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf8") as f:
        yaml.safe_dump(config, f)


def tick(daemon, context, *, instance=None, at=None, crash=None, threads=None, submit_threads=None, state=None, more=()):
    """One iteration of a daemon. `state` (a dict) is what the daemon keeps in memory; it is updated in place."""
    instance = instance if instance is not None else context.instance
    home = home_of(instance)
    workspace, served = describe(context, home)
    folder = new_folder()
    files = {name: os.path.join(folder, name) for name in ("workspace.yaml", "code-servers.json", "state.json", "s")}
    with open(files["workspace.yaml"], "w", encoding="utf8") as f:
        yaml.safe_dump(workspace, f, sort_keys=False)
    _write_json(files["code-servers.json"], served)
    arguments = ["daemon", "tick", daemon, "-w", files["workspace.yaml"], "--code-servers", files["code-servers.json"]]
    at = frozen_now() if at is None else at
    if at is not None:
        arguments += ["--at", repr(float(at))]
    if threads is not None:
        arguments += ["--threads", "2"]
    if submit_threads is not None:
        arguments += ["--submit-threads", "2"]
    interval = instance.get_tick_termination_check_interval()
    if interval is not None:
        arguments += ["--termination-check-interval", str(interval)]
    if crash:
        arguments += ["--crash-at", json.dumps(_crash_points(crash))]
    if state is not None:
        _write_json(files["state.json"], state)
        arguments += ["--state", files["state.json"]]
    bridge = Bridge(instance, context, files["s"])
    try:
        answer = call([*arguments, "--launcher-socket", bridge.path, *more], home, bridge, dies=bool(crash))
    finally:
        bridge.close()
        if state is not None:
            with open(files["state.json"], encoding="utf8") as f:
                kept = json.loads(f.read() or "{}")
            state.clear()
            state.update(kept)
        shutil.rmtree(folder, ignore_errors=True)
    return answer


def call(arguments, home, bridge=None, dies=False):
    """The command's answer. `dies`: a signal that ended the command ends this process too, as the test wants."""
    count_call()
    folder = new_folder()
    line = shlex.join([*COMMAND, *arguments])
    with open(os.path.join(folder, "out"), "w+b") as out, open(os.path.join(folder, "err"), "w+b") as err:
        process = subprocess.Popen(
            [*COMMAND, *arguments],
            env={**os.environ, "DAGSTER_HOME": home},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )
        status = _wait(process, bridge, line)
        out.seek(0)
        err.seek(0)
        stdout, stderr = out.read().decode("utf8", "replace"), err.read().decode("utf8", "replace")
    shutil.rmtree(folder, ignore_errors=True)
    if status < 0 and dies:
        os.kill(os.getpid(), -status)
        time.sleep(10)
    _log_again(stderr)
    answer = _last_json(stdout)
    if answer is None:
        raise CommandFailed(f"exit status {status} without an answer: {line}\n{stdout[-2000:]}\n{stderr[-4000:]}")
    if not answer.get("ok"):
        raise_named(answer.get("exception") or answer.get("error") or {})
    return answer


def _wait(process, bridge, line):
    ended, signal_end = os.pipe()

    def wait():
        process.wait()
        os.close(signal_end)

    threading.Thread(target=wait, daemon=True).start()
    deadline = time.monotonic() + TIMEOUT
    try:
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                process.kill()
                raise CommandFailed(f"no end after {TIMEOUT} s: {line}")
            ready, _, _ = select.select([ended, *([bridge] if bridge else [])], [], [], left)
            if bridge in ready:
                start = time.monotonic()
                bridge.serve_one()
                deadline += time.monotonic() - start  # the test's launcher may execute a whole run
            elif ended in ready:
                return process.returncode
    finally:
        os.close(ended)


def _write_json(path, value):
    with open(path, "w", encoding="utf8") as f:
        json.dump(value, f)


def _last_json(text):
    for line in reversed(text.splitlines()):
        if line.startswith("{"):
            try:
                return json.loads(line)
            except ValueError:
                return None
    return None


def _log_again(text):
    entries = []
    for line in text.splitlines():
        match = _LOG_LINE.match(line)
        if match:
            entries.append(list(match.groups()))
        elif entries:
            entries[-1][2] += "\n" + line
    for name, level, message in entries:
        logging.getLogger(name).log(getattr(logging, level), "%s", message)


def _crash_points(value):
    """Signals as numbers, exceptions as their text."""
    if isinstance(value, dict):
        return {key: _crash_points(part) for key, part in value.items()}
    return str(value) if isinstance(value, Exception) else int(value)


def raise_named(error):
    name = error.get("cls_name")
    message = error.get("raw_message") or error.get("message") or ""
    cls = exception_class(name)
    try:
        raised = cls(message) if cls else None
    except TypeError:
        raised = None
    raise raised or CommandFailed(f"{name}: {message}\n" + "".join(error.get("stack") or []))


def errors_of(answer):
    """What a daemon's generator yields: the errors which the iteration survived, or one None."""
    from dagster._serdes import deserialize_value
    from dagster._utils.error import SerializableErrorInfo

    errors = []
    for error in answer.get("errors") or []:
        fields = {key: value for key, value in error.items() if key != "raw_message"}
        if "__class__" in fields:
            errors.append(deserialize_value(json.dumps(fields), SerializableErrorInfo))
        else:
            errors.append(SerializableErrorInfo(error["message"], error.get("stack") or [], error.get("cls_name"), None))
    return errors or [None]

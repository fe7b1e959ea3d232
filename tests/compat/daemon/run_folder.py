"""A folder with short paths (Unix sockets are limited to about 100 bytes), shared with processes that tests spawn.

Each call of the command adds a line to the file `calls` there: in the crash tests the children make the calls.
"""

import atexit
import os
import shutil
import tempfile

_inherited = os.environ.get("COMPAT_RUN_FOLDER")
RUN_FOLDER = _inherited or tempfile.mkdtemp(prefix="compat-")
os.environ["COMPAT_RUN_FOLDER"] = RUN_FOLDER
_CALLS = os.path.join(RUN_FOLDER, "calls")

if not _inherited:
    atexit.register(shutil.rmtree, RUN_FOLDER, ignore_errors=True)


def count_call():
    with open(_CALLS, "a", encoding="utf8") as f:
        f.write("\n")


def calls():
    return os.path.getsize(_CALLS) if os.path.exists(_CALLS) else 0


def new_folder():
    return tempfile.mkdtemp(prefix="t", dir=RUN_FOLDER)

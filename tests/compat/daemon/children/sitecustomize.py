"""Redirects the daemon iterations also in the processes which the crash tests spawn (Python imports this at start)."""

import os
import sys

if "COMPAT_RUN_FOLDER" in os.environ and "--multiprocessing-fork" in sys.argv:
    import redirects

    redirects.install()

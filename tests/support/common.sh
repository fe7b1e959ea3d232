# Shared by the scripts of this folder: where things are kept, and how they are said.
# shellcheck shell=bash
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
RONDEL_CACHE=${RONDEL_CACHE:-$HOME/.cache/rondel}
export RONDEL_CACHE
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$RONDEL_CACHE/target}

# The Dagster that Rondel is compared with, and that user code of the tests runs on.
DAGSTER_VERSION=1.13.27
DAGSTER_LIBRARY_VERSION=0.29.27

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
die() { printf '\033[1;31merror:\033[0m %s\n' "$*" >&2; exit 1; }

# apt_install WHAT PACKAGE...: installs Debian packages when root, else tells what is missing.
apt_install() {
  local what=$1; shift
  if [ "$(id -u)" != 0 ]; then die "$what is missing: as root, run 'apt-get install $*'"; fi
  command -v apt-get >/dev/null || die "$what is missing and there is no apt-get: install it by hand"
  say "installing $* (Debian) for $what"
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >&2
}

# python_env NAME PACKAGE...: makes a virtual environment under the cache once and prints its python.
python_env() {
  local dir=$RONDEL_CACHE/$1; shift
  local wanted="$*"
  if [ "$(cat "$dir/.ready" 2>/dev/null)" != "$wanted" ]; then
    local python=${PYTHON:-python3}
    command -v "$python" >/dev/null || apt_install "Python 3" python3 python3-venv
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
      || die "$("$python" --version) is too old: set PYTHON to a Python from 3.10 to 3.14"
    say "making the Python environment $(basename "$dir") with $*"
    rm -rf "$dir"; mkdir -p "$RONDEL_CACHE"
    "$python" -m venv "$dir" >&2 || { rm -rf "$dir"; apt_install "python3-venv" python3-venv; "$python" -m venv "$dir" >&2; }
    "$dir/bin/python" -m pip install --quiet --disable-pip-version-check "$@" >&2
    # Many short Python processes start during a test run: compile once.
    env -u PYTHONDONTWRITEBYTECODE "$dir/bin/python" -m compileall -q "$dir/lib" >/dev/null 2>&1 || true
    printf '%s' "$wanted" > "$dir/.ready"
  fi
  printf '%s/bin/python\n' "$dir"
}

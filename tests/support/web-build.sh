#!/usr/bin/env bash
# Builds web/dist, which the binary embeds. Skipped when nothing of web/ changed since.
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "$ROOT/web"
command -v npm >/dev/null || apt_install "Node.js (20 or newer)" nodejs npm
state=$(find . -path ./node_modules -prune -o -path ./dist -prune -o -type f -print0 | sort -z | xargs -0 sha1sum | sha1sum)
if [ "$(cat dist/.built 2>/dev/null)" = "$state" ]; then exit 0; fi
[ -d node_modules ] && [ "$(cat node_modules/.lock 2>/dev/null)" = "$(sha1sum package-lock.json)" ] || {
  npm ci --no-audit --no-fund --loglevel=error >&2
  sha1sum package-lock.json > node_modules/.lock
}
npm run build --silent >&2
printf '%s' "$state" > dist/.built

#!/usr/bin/env bash
# Builds web/dist, which the binary embeds. Skipped when nothing that goes into it changed since: a new build
# has the server compiled again.
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "$ROOT/web"
command -v npm >/dev/null || apt_install "Node.js (20 or newer)" nodejs npm
inputs=(index.html package.json package-lock.json public scripts src tsconfig.json vite.config.ts)
state=$(find "${inputs[@]}" -type f -print0 | sort -z | xargs -0 sha1sum | sha1sum)
if [ "$(cat dist/.built 2>/dev/null)" = "$state" ]; then exit 0; fi
[ -d node_modules ] && [ "$(cat node_modules/.lock 2>/dev/null)" = "$(sha1sum package-lock.json)" ] || {
  npm ci --no-audit --no-fund --loglevel=error >&2
  sha1sum package-lock.json > node_modules/.lock
}
npm run build --silent >&2
printf '%s' "$state" > dist/.built

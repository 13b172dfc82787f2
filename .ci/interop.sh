#!/usr/bin/env bash
# interop.sh VERSION [PYTEST ARGS]: the real Prefect packages of that version against a new Sluice server. Needs npm ci, Python 3.11 and a
# package index. SLUICE_INTEROP_KEY=1: the server asks for a key. (Clients of 3.x send none to websockets: their events need an open
# server, or one with an auth string.)
set -euo pipefail
cd "$(dirname "$0")/.."
version=$1
shift
export SLUICE_HOME=$(mktemp -d)
PATH="$PWD/node_modules/.bin:$PATH"
if [ -n "${SLUICE_INTEROP_KEY:-}" ]; then
  export PREFECT_API_KEY=key-of-the-kit INTEROP_AUTH=1
fi
SLUICE_API_KEY=${PREFECT_API_KEY:-} node -C @sluice/source packages/cli/src/main.ts server start --port 0 > "$SLUICE_HOME/said" 2>&1 < /dev/null &
server=$!
finish() {
  kill "$server" 2> /dev/null && wait "$server" 2> /dev/null || true
  node -C @sluice/source packages/cli/src/main.ts reset --yes --force > /dev/null 2>&1 || true
  rm -rf "$SLUICE_HOME"
}
trap finish EXIT
for _ in $(seq 600); do
  PREFECT_API_URL=$(sed -n 's/^ *API  *//p' "$SLUICE_HOME/said")
  [ -n "$PREFECT_API_URL" ] && break
  kill -0 "$server" || { cat "$SLUICE_HOME/said"; exit 1; }
  sleep 0.1
done
export PREFECT_API_URL INTEROP_KNOWN_GAPS=$PWD/tests/interop-gaps/$version.txt INTEROP_PATIENCE=${INTEROP_PATIENCE:-3}
sh tests/interop/run.sh "$version" -q --tb=short "$@"

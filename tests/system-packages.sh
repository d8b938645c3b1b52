#!/bin/sh
# What a few tests need besides Python: installed when we may (root on Debian), else named with its remedy.
missing=""
command -v mosquitto >/dev/null 2>&1 || [ -x /usr/sbin/mosquitto ] || missing="$missing mosquitto"
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
  command -v google-chrome >/dev/null 2>&1 || missing="$missing chromium fonts-noto-cjk"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || missing="$missing postgresql"
command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 || missing="$missing nodejs npm"
# Named by the caller: `graphviz` for the wiring diagrams.
[ "${1:-}" != graphviz ] || command -v dot >/dev/null 2>&1 || missing="$missing graphviz"
if [ -n "$missing" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing$missing"
    apt-get update -qq >/dev/null 2>&1
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 && missing=""
  fi
  [ -z "$missing" ] || echo "SKIPPED in part, missing:$missing. Remedy: sudo apt-get install$missing" >&2
fi
# MicroPython with 32-bit words: one package, its version and checksum in the lock file beside it.
wasm="$(dirname "$0")/on_micropython/wasm"
if command -v npm >/dev/null 2>&1 && [ ! "$wasm/node_modules/.package-lock.json" -nt "$wasm/package-lock.json" ]; then
  npm ci --prefix "$wasm" --silent --no-audit --no-fund >/dev/null 2>&1 ||
    echo "SKIPPED in part, no MicroPython with 32-bit words. Remedy: npm ci --prefix tests/on_micropython/wasm" >&2
fi
exit 0

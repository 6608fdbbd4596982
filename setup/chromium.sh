#!/usr/bin/env bash
# Makes sure that there is a Chromium for the browser tests: $CHROMIUM, one that is installed,
# Debian's, or Playwright's own.
set -euo pipefail

installed() {
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
        if [ -n "$name" ] && command -v "$name" >/dev/null; then return; fi
    done
    return 1
}

from_debian() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    echo "Chromium: installing Debian's package ..."
    export DEBIAN_FRONTEND=noninteractive
    apt_install 2>/dev/null || { apt-get update -qq && apt_install; } # lists may be missing or old
}

apt_install() {
    apt-get install -qq --no-install-recommends chromium >/dev/null
}

from_playwright() {
    echo "Chromium: asking Playwright ..."
    .venv/bin/playwright install chromium
}

if [ -n "${CHROMIUM:-}" ] && ! command -v "$CHROMIUM" >/dev/null; then
    echo "Chromium: CHROMIUM=$CHROMIUM is no program." >&2
    exit 1
fi
installed || { from_debian && installed; } || from_playwright || {
    echo "Chromium: none found; install Chromium or Chrome, or set CHROMIUM to its path." >&2
    exit 1
}

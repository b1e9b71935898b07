#!/usr/bin/env bash
# The browser tests use the system's Chromium or Chrome; this installs Chromium where apt-get can.
set -euo pipefail

if [ -n "${CHROMIUM:-}" ]; then
  command -v "$CHROMIUM" >/dev/null && exit 0
  echo "Could not find a browser: CHROMIUM is '$CHROMIUM', and no such program exists. The browser tests start that one." \
    "Set CHROMIUM to the path of a Chromium or Chrome, or unset it." >&2
  exit 1
fi

for name in chromium chromium-browser google-chrome google-chrome-stable; do
  command -v "$name" >/dev/null && exit 0
done

if command -v apt-get >/dev/null; then
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  if [ "$(id -u)" = 0 ] || command -v sudo >/dev/null; then
    if "${as_root[@]}" apt-get update && "${as_root[@]}" apt-get install -y --no-install-recommends chromium; then
      exit 0
    fi
  fi
fi

echo "Could not find a browser: neither chromium nor google-chrome is on the PATH, and apt-get could not install one." \
  "The browser tests open pages in it. Install Chromium or Chrome, or set CHROMIUM to its path, and type make test again." >&2
exit 1

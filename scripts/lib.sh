# shellcheck shell=bash
# Shared by the scripts here: where things are, headings, root.
# shellcheck disable=SC2034

PATH=$PATH:/usr/sbin:/sbin # where Debian has ip, nft and sysctl, which users do not
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=${PERIBOLOS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/peribolos-operator}
DEV_CLUSTER=$ROOT/tests/cluster/cluster
TARGET=${CARGO_TARGET_DIR:-$ROOT/target}

heading() { printf '\n== %s (%d s since start)\n' "$*" "$SECONDS" >&2; }

die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# Pods need Linux and root, directly or by sudo.
can_run_pods() { [ "$(uname -s)" = Linux ] && { [ "$(id -u)" = 0 ] || command -v sudo >/dev/null; }; }

# as_root COMMAND…: with the caller's cache, so that what is already built is found.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -H env PATH="$PATH" PERIBOLOS_CACHE="$CACHE" "$@"; fi
}

# shellcheck shell=bash
# What people read, and waiting.

say() { printf '%5ds  %s\n' "$SECONDS" "$*" >&2; }

die() {
  printf 'cluster: %s\n' "$*" >&2
  exit 1
}

need_root() {
  [ "$(id -u)" = 0 ] || die "pods need root (containers, network): run as root, or use \`up --control-plane\`"
}

# wait_for SECONDS COMMAND…: until the command succeeds; ends the script with what it waited for otherwise.
wait_for() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || die "timed out waiting for: $* (logs: $LOGS; then \`down\`)"
    sleep 0.1
  done
}

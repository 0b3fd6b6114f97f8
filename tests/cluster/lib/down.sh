# shellcheck shell=bash
# Stops and removes everything that `up` made. It looks at what is there, not at how far `up` came.

# A zombie is gone: it only waits for its parent.
alive() {
  local state
  state=$(sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null) && [ -n "$state" ] && [ "$state" != Z ]
}

marked() { grep -qzxF "PERIBOLOS_CLUSTER_RUN=$RUN" "/proc/$1/environ" 2>/dev/null; }

# `up` and every process that came of it, but for containers, by the mark in their environment.
marked_processes() {
  local dir pid
  for dir in /proc/[0-9]*; do
    pid=${dir#/proc/}
    if marked "$pid" && alive "$pid"; then echo "$pid"; fi
  done
}

container_processes() {
  find "/sys/fs/cgroup/pids/$CGROUP" "/sys/fs/cgroup/$CGROUP" -name cgroup.procs -exec cat {} + 2>/dev/null || true
}

# terminate NAME: asks it to end, so that it starts no more containers and no more rules.
terminate() {
  local pid
  pid=$(cat "$RUN/pids/$1" 2>/dev/null) || return 0
  if ! { [ -n "$pid" ] && marked "$pid"; }; then return 0; fi
  kill -TERM "$pid" 2>/dev/null || return 0
  for _ in $(seq 50); do alive "$pid" || return 0; sleep 0.1; done
}

# kill_all COMMAND: kills what the command lists until it lists nothing.
kill_all() {
  local pids=()
  for _ in $(seq 50); do
    mapfile -t pids < <("$1")
    [ "${#pids[@]}" -gt 0 ] || return 0
    kill -KILL "${pids[@]}" 2>/dev/null || true
    sleep 0.1
  done
  die "could not kill: ${pids[*]}"
}

# shellcheck disable=SC2153
mounts() { awk -v run="$RUN/" -v containers="$STATE/" 'index($2 "/", run) == 1 || index($2 "/", containers) == 1 {print $2}' /proc/mounts | sort -r; }

unmount_all() {
  local mount
  for _ in 1 2 3; do
    [ -n "$(mounts)" ] || return 0
    for mount in $(mounts); do umount "$mount" 2>/dev/null || umount -l "$mount" 2>/dev/null || true; done
  done
}

remove_cgroups() {
  local tree
  for _ in $(seq 50); do
    for tree in /sys/fs/cgroup/"$CGROUP" /sys/fs/cgroup/*/"$CGROUP"; do
      [ ! -d "$tree" ] || find "$tree" -depth -type d -exec rmdir {} \; 2>/dev/null || true
    done
    [ -n "$(cgroups)" ] || return 0
    sleep 0.1
  done
}

cgroups() { find /sys/fs/cgroup -maxdepth 2 -type d -name "$CGROUP" 2>/dev/null || true; }

down_node() {
  local family
  unmount_all
  ip link delete "$BRIDGE" 2>/dev/null || true
  for family in ip ip6; do nft delete table "$family" kube-proxy 2>/dev/null || true; done
  if [ -s "$RUN/conf/sysctl.was" ]; then sysctl -qp "$RUN/conf/sysctl.was"; fi
  remove_cgroups
  find /var/log/containers -maxdepth 1 -lname "$RUN/*" -delete 2>/dev/null || true # the kubelet's links
  rm -rf /var/lib/cni/results/"$CNI_NAME"-* /var/lib/cni/results/cni-loopback-*
  rm -rf "$STATE"
}

# down INSTANCE
down() {
  instance "$1"
  if [ ! -e "$RUN" ] && { [ "$1" = control-plane ] || [ ! -e "$STATE" ]; }; then return 0; fi
  if [ "$1" = cluster ]; then need_root; fi
  # First those that would restart containers or write rules again. The others lose nothing that is kept.
  for name in kubelet kube-proxy kube-scheduler kube-controller-manager; do terminate "$name" & done
  wait
  kill_all marked_processes
  if [ "$1" = cluster ]; then
    kill_all container_processes
    down_node
  fi
  rm -rf "$RUN"
  say "$1: down"
}

left() { [ -z "$2" ] || { echo "left: $1: $2"; return 1; }; }

check_clean() {
  local clean=0 name
  for name in cluster control-plane; do
    instance "$name"
    left process "$(marked_processes | xargs)" || clean=1
    left port "$(ss -Hltn "( sport = :$API_PORT or sport = :$ETCD_PORT )")" || clean=1
    left directory "$(ls -d "$RUN" 2>/dev/null || true)" || clean=1
  done
  left "process in a container" "$(container_processes | xargs)" || clean=1
  left mount "$(mounts | xargs)" || clean=1
  left link "$(ip -brief link | grep -E "^($BRIDGE|veth)" || true)" || clean=1
  left "nftables table" "$(nft list tables 2>/dev/null | grep kube-proxy || true)" || clean=1
  left cgroup "$(cgroups | xargs)" || clean=1
  left directory "$(ls -d "$STATE" 2>/dev/null || true)" || clean=1
  [ "$clean" = 0 ] && echo "nothing is left"
}

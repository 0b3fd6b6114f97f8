# shellcheck shell=bash
# The machine as a node: containerd, kubelet, kube-proxy, scheduler, a bridge, DNS.

CGROUP_CONTROLLERS="cpu cpuacct cpuset memory devices freezer blkio pids systemd"

# The bridge is there before anything starts: its address is the node's.
make_network() {
  local setting
  for setting in net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables; do
    echo "$setting=$(sysctl -n "$setting")" >>"$RUN/conf/sysctl.was" || die "the kernel has no $setting (module br_netfilter?)"
    sysctl -qw "$setting=1" # the second: a service's address, back to a pod on the same bridge
  done
  ip link add "$BRIDGE" type bridge
  ip addr add "$NODE_IP/${POD_CIDR#*/}" dev "$BRIDGE"
  ip link set "$BRIDGE" up
  mkdir -p "$RUN/cni"
  cat >"$RUN/cni/10-dev.conflist" <<C
{"cniVersion":"1.0.0","name":"$CNI_NAME","plugins":[
 {"type":"bridge","bridge":"$BRIDGE","isGateway":true,"ipMasq":false,"hairpinMode":true,
  "ipam":{"type":"host-local","dataDir":"$RUN/cni-ipam","ranges":[[{"subnet":"$POD_CIDR","gateway":"$NODE_IP"}]],
          "routes":[{"dst":"0.0.0.0/0"}]}}]}
C
}

cni_plugins() {
  local dir
  for dir in /usr/lib/cni /opt/cni/bin; do [ ! -x "$dir/bridge" ] || { echo "$dir"; return 0; }; done
  die "no CNI plugins (Debian: containernetworking-plugins)"
}

start_containerd() {
  sed -e "s#@RUN@#$RUN#g" -e "s#@STATE@#$STATE#g" -e "s#@REGISTRY@#$REGISTRY#g" -e "s#@CNI_PLUGINS@#$(cni_plugins)#g" \
    -e "s#@RUNC@#$(command -v runc)#g" "$HERE/manifests/containerd.toml" >"$RUN/conf/containerd.toml"
  start containerd containerd --config "$RUN/conf/containerd.toml"
  wait_for 30 ctr version
}

# Pods live below a control group of our own, so that `down` can find every process of theirs.
make_cgroups() {
  local controller dir
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then # version 2: one tree
    mkdir -p "/sys/fs/cgroup/$CGROUP"
    return 0
  fi
  for controller in $CGROUP_CONTROLLERS; do
    if [ -d "/sys/fs/cgroup/$controller" ]; then mkdir -p "/sys/fs/cgroup/$controller/$CGROUP"; fi
  done
  dir=/sys/fs/cgroup/cpuset
  cat "$dir/cpuset.cpus" >"$dir/$CGROUP/cpuset.cpus"
  cat "$dir/cpuset.mems" >"$dir/$CGROUP/cpuset.mems"
}

start_node() {
  local name programs
  programs=$(part_dir node)
  for name in kubelet kube-proxy; do
    sed -e "s#@RUN@#$RUN#g" -e "s#@STATE@#$STATE#g" -e "s#@NODE@#$NODE#g" -e "s#@NODE_IP@#$NODE_IP#g" -e "s#@DNS_IP@#$DNS_IP#g" \
      -e "s#@POD_CIDR@#$POD_CIDR#g" -e "s#@CGROUP@#$CGROUP#g" "$HERE/manifests/$name.yaml" >"$RUN/conf/$name.yaml"
  done
  start kube-scheduler "$programs/kube-scheduler" --kubeconfig="$RUN/conf/kube-scheduler.kubeconfig" --leader-elect=false \
    --bind-address=127.0.0.1 --cert-dir="$RUN/scheduler" --profiling=false
  start kubelet "$programs/kubelet" --config="$RUN/conf/kubelet.yaml" --kubeconfig="$RUN/conf/kubelet.kubeconfig" \
    --root-dir="$RUN/kubelet" --hostname-override="$NODE" --node-ip="$NODE_IP" --cert-dir="$RUN/kubelet-pki"
  start kube-proxy "$programs/kube-proxy" --config="$RUN/conf/kube-proxy.yaml"
}

up_cluster() {
  local archive importing
  # Claimed before anything is made, so that `down` from any checkout finds it.
  mkdir "$STATE" 2>/dev/null || die "another dev cluster is, or was, up on this machine ($STATE is there): \`down\` first"
  echo "$RUN" >"$STATE/owner"
  prepare
  make_network
  start_control_plane
  start_containerd
  (for archive in "$(images_dir)"/*.tar; do import "$archive"; done) & importing=$!
  wait_for 90 kubectl get --raw /readyz
  say "API server ready"
  start_controller_manager 10257
  make_cgroups
  start_node
  wait_for 60 kubectl get node "$NODE"
  kubectl wait --for=condition=Ready "node/$NODE" --timeout=120s >/dev/null
  wait_for 60 kubectl get serviceaccount default
  say "node ready"
  wait "$importing"
  say "images imported"
  sed -e "s/@DNS_IP@/$DNS_IP/" -e "s/@REGISTRY@/$REGISTRY/" "$HERE/manifests/coredns.yaml" | kubectl apply -f - >/dev/null
  up_tekton
  kubectl -n kube-system rollout status deployment/coredns --timeout=120s >/dev/null
  touch "$RUN/complete"
  say "the cluster is up: export KUBECONFIG=$KUBECONFIG"
}

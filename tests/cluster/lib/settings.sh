# shellcheck shell=bash
# Names, addresses and paths. One dev cluster a network namespace: bridge, ports and nftables' names are the machine's.
# shellcheck disable=SC2034

PATH=$PATH:/usr/sbin:/sbin # where Debian has ip, nft and sysctl, which users do not
MODULES=$HERE/modules
CACHE=${PERIBOLOS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/peribolos-operator}
REGISTRY=dev.invalid # a reserved name: an image that is absent fails at once instead of asking a public registry
NODE=node0
BRIDGE=peribolos0
NODE_IP=10.244.0.1 # the bridge's own address: no outside network is needed, and pods reach this machine there
POD_CIDR=10.244.0.0/24
SERVICE_CIDR=10.96.0.0/16
SERVICE_IP=10.96.0.1
DNS_IP=10.96.0.10
CGROUP=peribolos-dev
STATE=/run/peribolos-dev # containerd's sockets, of which the path must be short
CNI_NAME=peribolos-dev

# instance NAME: which of the two the rest speaks of, `cluster` (whole, root) or `control-plane` (no root).
instance() {
  INSTANCE=$1
  RUN=$CACHE/run/$1
  if [ "$1" = cluster ]; then
    API_IP=$NODE_IP API_PORT=16443 ETCD_PORT=12379
    # Another checkout with another cache may have started it.
    if [ -s "$STATE/owner" ]; then RUN=$(cat "$STATE/owner"); fi
  else
    API_IP=127.0.0.1 API_PORT=16444 ETCD_PORT=12389
  fi
  LOGS=$RUN/logs
  export KUBECONFIG=$RUN/kubeconfig
}

ctr() { command ctr -a "$STATE/containerd.sock" -n k8s.io "$@"; }

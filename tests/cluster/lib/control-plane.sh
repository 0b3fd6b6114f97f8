# shellcheck shell=bash
# etcd, the API server and the controller manager: the part that both instances have, and that needs no root.

# start NAME COMMAND…: in a session of its own, so that no signal meant for others reaches it. The process writes its own id
# before it becomes the program: there is no moment in which it runs and nobody knows.
start() {
  local name=$1
  shift
  # shellcheck disable=SC2016
  setsid bash -c 'echo "$$" >"$0"; exec "$@"' "$RUN/pids/$name" "$@" >"$LOGS/$name.log" 2>&1 </dev/null &
}

# Continues as a process that carries, as all that it starts, the mark by which `down` finds it whatever happens to us.
marked_up() { PERIBOLOS_CLUSTER_RUN=$RUN exec "$HERE/cluster" marked-up "$INSTANCE"; }

prepare() {
  # One that died left its directory behind, and perhaps processes.
  [ ! -e "$RUN" ] || die "an earlier \`up\` did not end well ($RUN): \`down\` first"
  mkdir -p "$RUN"/{pids,conf,logs}
  make_pki
}

start_control_plane() {
  local assets=${KUBEBUILDER_ASSETS:-} peer=$((ETCD_PORT + 1)) pki=$RUN/pki
  if [ "$INSTANCE" = cluster ] || [ -z "$assets" ]; then assets=$(part_dir control-plane); fi
  start etcd "$assets/etcd" --name=dev --data-dir="$RUN/etcd" --unsafe-no-fsync --log-level=warn \
    --listen-client-urls="http://127.0.0.1:$ETCD_PORT" --advertise-client-urls="http://127.0.0.1:$ETCD_PORT" \
    --listen-peer-urls="http://127.0.0.1:$peer" --initial-advertise-peer-urls="http://127.0.0.1:$peer" \
    --initial-cluster="dev=http://127.0.0.1:$peer"
  start kube-apiserver "$assets/kube-apiserver" --etcd-servers="http://127.0.0.1:$ETCD_PORT" \
    --bind-address="$API_IP" --advertise-address="$NODE_IP" --secure-port="$API_PORT" \
    --client-ca-file="$pki/ca.crt" --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" \
    --service-cluster-ip-range="$SERVICE_CIDR" --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
    --service-account-issuer=https://kubernetes.default.svc.cluster.local \
    --service-account-key-file="$pki/sa.pub" --service-account-signing-key-file="$pki/sa.key" \
    --kubelet-client-certificate="$pki/apiserver-kubelet.crt" --kubelet-client-key="$pki/apiserver-kubelet.key" \
    --kubelet-certificate-authority="$pki/ca.crt" --kubelet-preferred-address-types=InternalIP,Hostname \
    --cert-dir="$RUN/apiserver" --profiling=false --endpoint-reconciler-type=lease --shutdown-delay-duration=0s
}

# The default limits of its client delay a new namespace's service account by seconds.
start_controller_manager() {
  local pki=$RUN/pki program port=$1
  program=$(part_dir control-plane)/kube-controller-manager
  [ -x "$program" ] || { say "no controller manager (KUBEBUILDER_ASSETS has none): no garbage collection"; return 0; }
  start kube-controller-manager "$program" --kubeconfig="$RUN/conf/kube-controller-manager.kubeconfig" --leader-elect=false \
    --use-service-account-credentials --service-account-private-key-file="$pki/sa.key" --root-ca-file="$pki/ca.crt" \
    --cluster-signing-cert-file="$pki/ca.crt" --cluster-signing-key-file="$pki/ca.key" \
    --bind-address=127.0.0.1 --secure-port="$port" --cert-dir="$RUN/controller-manager" --profiling=false \
    --kube-api-qps=300 --kube-api-burst=400
}

up_control_plane() {
  prepare
  start_control_plane
  wait_for 90 kubectl get --raw /readyz
  start_controller_manager 10267
  tekton_crds | kubectl apply --server-side --validate=false -f - >"$LOGS/tekton-crds.log"
  wait_for 60 kubectl get serviceaccount default
  touch "$RUN/complete"
  say "the control plane is up: export KUBECONFIG=$KUBECONFIG"
}

# shellcheck shell=bash
# A certificate authority and client files for one life of the cluster. EC keys: milliseconds each.

new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" 2>/dev/null; }

# certificate NAME SUBJECT [SAN [USAGE]]
certificate() {
  new_key "$1"
  openssl req -new -key "$1.key" -subj "$2" -out "$1.csr" 2>/dev/null
  {
    echo "extendedKeyUsage=${4:-clientAuth}"
    [ -z "${3:-}" ] || echo "subjectAltName=$3"
  } >"$1.ext"
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -out "$1.crt" -extfile "$1.ext" 2>/dev/null
}

# kubeconfig NAME FILE: for the client certificate NAME.
kubeconfig() {
  cat >"$2" <<K
apiVersion: v1
kind: Config
current-context: dev
clusters: [{name: dev, cluster: {server: "https://$API_IP:$API_PORT", certificate-authority-data: $(base64 -w0 ca.crt)}}]
contexts: [{name: dev, context: {cluster: dev, user: dev}}]
users: [{name: dev, user: {client-certificate-data: $(base64 -w0 "$1.crt"), client-key-data: $(base64 -w0 "$1.key")}}]
K
  chmod 600 "$2"
}

make_pki() {
  local name
  mkdir -p "$RUN/pki"
  cd "$RUN/pki" || return
  new_key ca
  openssl req -x509 -new -key ca.key -subj /CN=peribolos-dev -days 30 -out ca.crt 2>/dev/null
  certificate apiserver /CN=kube-apiserver \
    "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,IP:127.0.0.1,IP:$NODE_IP,IP:$SERVICE_IP" \
    serverAuth
  certificate kubelet-server "/O=system:nodes/CN=system:node:$NODE" "DNS:$NODE,IP:$NODE_IP" serverAuth
  certificate apiserver-kubelet /O=system:masters/CN=apiserver-kubelet
  certificate admin /O=system:masters/CN=admin
  certificate kube-controller-manager /CN=system:kube-controller-manager
  certificate kube-scheduler /CN=system:kube-scheduler
  certificate kube-proxy /CN=system:kube-proxy
  certificate kubelet "/O=system:nodes/CN=system:node:$NODE"
  new_key sa
  openssl pkey -in sa.key -pubout -out sa.pub
  for name in kube-controller-manager kube-scheduler kube-proxy kubelet; do kubeconfig "$name" "$RUN/conf/$name.kubeconfig"; done
  kubeconfig admin "$KUBECONFIG"
  [ -z "${SUDO_UID:-}" ] || chown "$SUDO_UID" "$KUBECONFIG" # for who said sudo
  cd "$RUN" || return
}

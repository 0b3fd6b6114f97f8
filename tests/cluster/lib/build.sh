# shellcheck shell=bash
# Builds the cluster's programs from the pinned Go modules into the cache. A part's directory is named after a hash of
# everything that decides its content, and moved in place when complete: a part that is there is right.

PARTS="control-plane node tekton peribolos coredns"

part_module() {
  case $1 in
    control-plane | node) echo kubernetes ;;
    *) echo "$1" ;;
  esac
}

part_packages() {
  case $1 in
    control-plane) echo go.etcd.io/etcd/server/v3 k8s.io/kubernetes/cmd/{kube-apiserver,kube-controller-manager} ;;
    node) echo k8s.io/kubernetes/cmd/{kube-scheduler,kubelet,kube-proxy} ;;
    tekton) echo github.com/tektoncd/pipeline/cmd/{controller,webhook,entrypoint,nop,workingdirinit,sidecarlogresults} ;;
    peribolos) echo sigs.k8s.io/prow/cmd/peribolos ;;
    coredns) echo . ;;
    promtool) echo github.com/prometheus/prometheus/cmd/promtool ;;
  esac
}

# Prometheus' service discovery has the clients of twenty clouds.
part_tags() { [ "$1" != promtool ] || echo remove_all_sd; }

# Kubernetes must be linked with its version: clients and Tekton parse what /version says.
part_ldflags() {
  local flags="-s -w" version minor package
  if [ "$(part_module "$1")" = kubernetes ]; then
    version=$(sed -n 's/^.*k8s\.io\/kubernetes \(v[0-9.]*\).*/\1/p' "$MODULES/kubernetes/go.mod")
    minor=${version#*.}
    for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
      flags+=" -X $package.gitVersion=$version -X $package.gitMajor=${version:1:1} -X $package.gitMinor=${minor%.*}"
      flags+=" -X $package.gitCommit=unknown -X $package.gitTreeState=clean"
    done
  fi
  echo "$flags"
}

part_dir() {
  local module key
  module=$MODULES/$(part_module "$1")
  key=$({ cat "$module"/*; part_packages "$1"; part_ldflags "$1"; part_tags "$1"; go version; } | sha256sum | cut -c1-16)
  echo "$CACHE/$1-$key"
}

# Prints, every 15 s, how many packages of a running build's log are compiled.
progress() {
  local name=$1 log=$2
  while sleep 15; do say "$name: $(grep -cv '^go: ' "$log") packages compiled, $(grep -c '^go: downloading' "$log") modules downloaded"; done
}

build_part() {
  local name=$1 target tmp ticker started=$SECONDS packages
  target=$(part_dir "$name")
  [ ! -e "$target" ] || return 0
  say "$name: building (the first time takes minutes)"
  tmp=$CACHE/tmp/$name
  rm -rf "$tmp"; mkdir -p "$tmp/bin"
  progress "$name" "$tmp/log" & ticker=$!
  read -ra packages <<<"$(part_packages "$name")"
  if ! (cd "$MODULES/$(part_module "$name")" &&
    CGO_ENABLED=0 GOFLAGS=-buildvcs=false GOWORK=off go build -v -trimpath -tags "$(part_tags "$name")" -ldflags "$(part_ldflags "$name")" \
      -o "$tmp/bin/" "${packages[@]}" >"$tmp/log" 2>&1); then
    kill "$ticker"; grep -v '^go: ' "$tmp/log" | tail -30 >&2
    die "could not build $name (whole log: $tmp/log)"
  fi
  kill "$ticker"
  [ ! -e "$tmp/bin/server" ] || mv "$tmp/bin/server" "$tmp/bin/etcd" # the name that KUBEBUILDER_ASSETS has
  mv "$tmp/bin" "$target"
  say "$name: built in $((SECONDS - started)) s"
}

# build [control-plane | tools | promtool]: the parts, one builder a cache at a time; `tools` are there with each.
build() {
  local part parts=$PARTS
  if [ "${1:-}" = tools ]; then parts=""; fi
  if [ "${1:-}" = promtool ]; then parts=promtool; fi
  if [ "${1:-}" = control-plane ]; then parts="control-plane peribolos"; fi
  if [ "${1:-}" = control-plane ] && [ -n "${KUBEBUILDER_ASSETS:-}" ]; then parts=peribolos; fi
  mkdir -p "$CACHE"/{tmp,run}
  exec 9>"$CACHE/build.lock"
  flock -n 9 || { say "waiting for another build"; flock 9; }
  for part in $parts; do build_part "$part"; done
  build_tools
  exec 9>&-
}

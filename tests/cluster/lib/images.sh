# shellcheck shell=bash
# Container images without a registry, a daemon or an image builder: a docker archive is a tar of one layer and two JSON files.

# archive NAME ROOTFS OUT ENTRYPOINT: ROOTFS as the image dev.invalid/NAME:dev (never `latest`: its pull policy would ask a registry).
archive() {
  local name=$1 rootfs=$2 out=$3 entrypoint=$4 tmp digest
  tmp=$(mktemp -d)
  tar -C "$rootfs" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf "$tmp/layer.tar" .
  digest=$(sha256sum "$tmp/layer.tar" | cut -d' ' -f1)
  cat >"$tmp/config.json" <<J
{"architecture":"$(go env GOARCH)","os":"linux","created":"1970-01-01T00:00:00Z",
 "config":{"Env":["PATH=/usr/local/bin:/usr/bin:/bin:/ko-app"],"Entrypoint":["$entrypoint"],"WorkingDir":"/","User":"65532:65532"},
 "rootfs":{"type":"layers","diff_ids":["sha256:$digest"]},
 "history":[{"created":"1970-01-01T00:00:00Z","created_by":"tests/cluster"}]}
J
  echo '[{"Config":"config.json","RepoTags":["'"$REGISTRY/$name:dev"'"],"Layers":["layer.tar"]}]' >"$tmp/manifest.json"
  tar -C "$tmp" -cf "$out" manifest.json config.json layer.tar
  rm -rf "$tmp"
}

skeleton() {
  mkdir -p "$1"/{tmp,etc}
  chmod 1777 "$1/tmp"
  printf 'root:x:0:0:root:/:/bin/sh\nnonroot:x:65532:65532::/:/bin/sh\n' >"$1/etc/passwd"
}

with_busybox() {
  local applet
  skeleton "$1"
  mkdir -p "$1/bin"
  cp "$(command -v busybox)" "$1/bin/busybox"
  for applet in $(busybox --list); do
    [ "$applet" = busybox ] || ln -s busybox "$1/bin/$applet"
  done
}

images_dir() {
  local key
  key=$({ for part in $PARTS; do basename "$(part_dir "$part")"; done; cat "$HERE"/lib/{images,tekton}.sh; busybox | head -1; } | sha256sum | cut -c1-16)
  echo "$CACHE/images-$key"
}

images() {
  local target tmp name
  target=$(images_dir)
  [ ! -e "$target" ] || return 0
  say "images: making them"
  tmp=$CACHE/tmp/images
  rm -rf "$tmp"; mkdir -p "$tmp"/{out,pause}
  # The sandbox's program is one C file of the Kubernetes module.
  cc -Os -static -s -DVERSION=dev -o "$tmp/pause/pause" \
    "$(cd "$MODULES/kubernetes" && go list -m -f '{{.Dir}}' k8s.io/kubernetes)/build/pause/linux/pause.c"
  archive pause "$tmp/pause" "$tmp/out/pause.tar" /pause
  with_busybox "$tmp/busybox"
  archive busybox "$tmp/busybox" "$tmp/out/busybox.tar" /bin/sh
  with_busybox "$tmp/peribolos"; mkdir -p "$tmp/peribolos/ko-app" # as upstream's image: a shell, and the binary there
  cp "$(part_dir peribolos)/peribolos" "$tmp/peribolos/ko-app/"
  archive peribolos "$tmp/peribolos" "$tmp/out/peribolos.tar" /ko-app/peribolos
  for name in controller webhook entrypoint nop workingdirinit sidecarlogresults; do
    skeleton "$tmp/$name"; mkdir -p "$tmp/$name/ko-app" # Tekton's manifests expect the binary there
    cp "$(part_dir tekton)/$name" "$tmp/$name/ko-app/"
    archive "$name" "$tmp/$name" "$tmp/out/$name.tar" "/ko-app/$name"
  done
  skeleton "$tmp/coredns"; cp "$(part_dir coredns)/coredns" "$tmp/coredns/"
  archive coredns "$tmp/coredns" "$tmp/out/coredns.tar" /coredns
  # Beside them, so that `up` as root writes nothing into the caller's module cache.
  tekton_manifests >"$tmp/out/tekton.yaml"
  mv "$tmp/out" "$target"; rm -rf "$tmp"
}

# import ARCHIVE: into the running containerd. From 2.0 on, ctr unpacks through the server unless told not to.
import() {
  local flags=()
  if ctr images import --help | grep -- --local >/dev/null; then flags=(--local); fi
  ctr images import "${flags[@]}" "$1" >>"$LOGS/import.log" 2>&1 || { tail -5 "$LOGS/import.log" >&2; die "could not import $1"; }
}

# load BINARY: the operator's image from a binary of this machine, with the libraries that it is linked to.
load() {
  local binary=$1 tmp library
  running || die "no cluster runs here: \`up\` first"
  [ -x "$binary" ] || die "$binary is no program"
  tmp=$(mktemp -d)
  skeleton "$tmp/root"
  mkdir -p "$tmp/root/usr/local/bin" "$tmp/root/etc/ssl/certs"
  strip -o "$tmp/root/usr/local/bin/peribolos-operator" "$binary"
  for library in $(ldd "$binary" | grep -o '/[^ ]*'); do
    mkdir -p "$tmp/root$(dirname "$library")"
    cp -L "$library" "$tmp/root$library"
  done
  cp -L /etc/ssl/certs/ca-certificates.crt "$tmp/root/etc/ssl/certs/"
  archive peribolos-operator "$tmp/root" "$tmp/operator.tar" /usr/local/bin/peribolos-operator
  import "$tmp/operator.tar"
  rm -rf "$tmp"
  say "$REGISTRY/peribolos-operator:dev is there"
}

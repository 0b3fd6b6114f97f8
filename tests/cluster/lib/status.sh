# shellcheck shell=bash
# What runs, and where things are.

running() {
  [ -e "$RUN/complete" ] && kubectl get --raw /readyz --request-timeout=5s >/dev/null 2>&1
}

status() {
  local name file
  for name in cluster control-plane; do
    instance "$name"
    if running; then echo "$name: up (export KUBECONFIG=$KUBECONFIG)"
    elif [ -e "$RUN" ]; then echo "$name: broken or half up ($RUN): \`down\`, then \`up\`"
    else echo "$name: down"; continue; fi
    for file in "$RUN"/pids/*; do
      [ -e "$file" ] || continue
      if alive "$(cat "$file")"; then echo "  $(basename "$file") runs"; else echo "  $(basename "$file") has ended ($LOGS)"; fi
    done
  done
}

print_path() {
  instance cluster
  case $1 in
    kubeconfig) echo "$KUBECONFIG" ;;
    logs) echo "$LOGS" ;;
    control-plane-kubeconfig) instance control-plane; echo "$KUBECONFIG" ;;
    control-plane) echo "${KUBEBUILDER_ASSETS:-$(part_dir control-plane)}" ;;
    peribolos | promtool) echo "$(part_dir "$1")/$1" ;;
    kubectl | helm) echo "$(tools_dir)/$1" ;;
    *) die "no such path: $1" ;;
  esac
}

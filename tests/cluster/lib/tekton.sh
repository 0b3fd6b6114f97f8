# shellcheck shell=bash
# Tekton Pipelines' controller and webhook as pods, from the manifests in the pinned module.

tekton_config() {
  local module
  (cd "$MODULES/tekton" && GOWORK=off go mod download github.com/tektoncd/pipeline)
  module=$(cd "$MODULES/tekton" && GOWORK=off go list -m -f '{{.Dir}}' github.com/tektoncd/pipeline)
  echo "$module/config"
}

# The definitions alone: without a webhook to convert them, only their storage version works.
tekton_crds() {
  local file
  for file in "$(tekton_config)"/300-crds/*.yaml; do
    sed -e '/^  conversion:/,/^  [a-z]/{/^  conversion:/d;/^   /d}' "$file"
    echo '---'
  done
}

tekton_manifests() {
  local config file
  config=$(tekton_config)
  for file in "$config"/100-namespace/*.yaml "$config"/2*.yaml "$config"/300-crds/*.yaml "$config"/500-webhooks.yaml \
    "$config"/clusterrole-*.yaml "$config"/config-*.yaml "$config"/controller.yaml "$config"/webhook.yaml; do
    # Our images, and probes that don't make people wait.
    sed -E -e "s#ko://github.com/tektoncd/pipeline/cmd/([a-z]+)#$REGISTRY/\1:dev#g" \
      -e "s#(\"-shell-image(-win)?\", )\"[^\"]+\"#\1\"$REGISTRY/busybox:dev\"#" \
      -e '/readinessProbe:/,/timeoutSeconds/{s/initialDelaySeconds: 5/initialDelaySeconds: 1/;s/periodSeconds: 10/periodSeconds: 1/}' \
      "$file"
    echo '---'
  done
}

up_tekton() {
  # Server side: three definitions are larger than the annotation of a client-side apply may be.
  kubectl apply --server-side --force-conflicts --validate=false -f "$(images_dir)/tekton.yaml" >"$LOGS/tekton-apply.log" 2>&1 ||
    { tail -5 "$LOGS/tekton-apply.log" >&2; die "could not apply Tekton's manifests"; }
  kubectl -n tekton-pipelines rollout status deployment/tekton-pipelines-webhook deployment/tekton-pipelines-controller \
    --timeout=180s >/dev/null
  # Ready is not enough: kube-proxy may not know the webhook's endpoint yet.
  wait_for 30 kubectl create --dry-run=server -f "$HERE/manifests/probe.yaml"
  say "Tekton answers"
}

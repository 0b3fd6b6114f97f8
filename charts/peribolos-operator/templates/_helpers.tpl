{{- define "peribolos.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end }}

{{- define "peribolos.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "peribolos.name" . -}}
{{- (contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name)) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- define "peribolos.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: peribolos-operator
{{ include "peribolos.selector" . }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* Name, namespace, labels and annotations of an object. Takes `root` and, as they apply, `name` (in place of the release's
own), `suffix` of that, `namespace` (in place of the release's; "none": the object has none), `component`, `labels`, `annotations`. */ -}}
{{- define "peribolos.metadata" -}}
{{- $own := dict }}
{{- if .component }}{{ $_ := set $own "app.kubernetes.io/component" .component }}{{ end }}
{{- $labels := merge $own (include "peribolos.labels" .root | fromYaml) (.labels | default dict) }}
{{- $annotations := merge (dict) (.annotations | default dict) .root.Values.commonAnnotations -}}
name: {{ .name | default (printf "%s-%s" (include "peribolos.fullname" .root) .suffix | trimSuffix "-") }}
{{- if ne (.namespace | default "") "none" }}
namespace: {{ .namespace | default .root.Release.Namespace }}
{{- end }}
labels:
  {{- toYaml $labels | nindent 2 }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "peribolos.selector" -}}
app.kubernetes.io/name: {{ include "peribolos.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- /* The namespace of installations, runs, TaskRuns and token Secrets. */ -}}
{{- define "peribolos.installations" -}}
{{- $namespace := .Values.installations.namespace | default (printf "%s-installations" .Release.Namespace) -}}
{{- if eq $namespace .Release.Namespace -}}
{{- fail "installations.namespace must not be the release's namespace: a Task there could mount the App's private key" -}}
{{- end -}}
{{- if gt (len $namespace) 63 -}}
{{- fail (printf "installations.namespace: %q is longer than 63 characters: set a shorter one" $namespace) -}}
{{- end -}}
{{- $namespace -}}
{{- end }}

{{- /* A reference to an image. Takes `root` and `image`; the image's tag may be empty, for the chart's appVersion. */ -}}
{{- define "peribolos.image" -}}
{{- $repository := .image.repository -}}
{{- with .root.Values.global.imageRegistry -}}
{{- $host := regexFind "^(localhost|[^/]*[.:][^/]*)/" $repository -}}
{{- $repository = printf "%s/%s" . (trimPrefix $host $repository) -}}
{{- end -}}
{{- if .image.digest -}}
{{- printf "%s@%s" $repository .image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (.image.tag | default .root.Chart.AppVersion) -}}
{{- end -}}
{{- end }}

{{- define "peribolos.graphqlUrl" -}}
{{- if .Values.github.graphqlUrl -}}
{{- .Values.github.graphqlUrl -}}
{{- else if hasSuffix "/api/v3" .Values.github.apiUrl -}}
{{- printf "%s/graphql" (trimSuffix "/v3" .Values.github.apiUrl) -}}
{{- else -}}
{{- printf "%s/graphql" .Values.github.apiUrl -}}
{{- end -}}
{{- end }}

{{- define "peribolos.env" -}}
- name: PERIBOLOS_APP_ID
  valueFrom:
    secretKeyRef: {name: {{ .Values.app.existingSecret }}, key: app-id}
- name: PERIBOLOS_LOG
  value: {{ .Values.logLevel | quote }}
- name: MALLOC_ARENA_MAX # half the memory for thousands of objects
  value: "2"
{{- /* The API server has no other name that a pod surely knows: Kubernetes fills it in. */ -}}
{{- include "peribolos.proxy" (dict "root" . "direct" (list "$(KUBERNETES_SERVICE_HOST)" "kubernetes.default.svc")) }}
{{- end }}

{{- /* The variables of the proxy, if there is one. Takes `root` and `direct`, the hosts that are never reached through it. */ -}}
{{- define "peribolos.proxy" -}}
{{- $proxy := .root.Values.proxy }}
{{- with $proxy.httpsProxy }}
- {name: HTTPS_PROXY, value: {{ . | quote }}}
{{- end }}
{{- with $proxy.httpProxy }}
- {name: HTTP_PROXY, value: {{ . | quote }}}
{{- end }}
{{- if or $proxy.httpsProxy $proxy.httpProxy }}
- {name: NO_PROXY, value: {{ concat .direct (list "localhost" "127.0.0.1" "::1" ".svc" ".cluster.local") $proxy.noProxy | join "," | quote }}}
{{- end }}
{{- end }}

{{- /* The volume with the private authority's certificates as `ca.crt`; empty: there is none. */ -}}
{{- define "peribolos.caVolume" -}}
{{- $from := .Values.github.caFrom -}}
{{- if gt (len (compact (list .Values.github.ca $from.configMap $from.secret))) 1 -}}
{{- fail "github: set only one of ca, caFrom.configMap and caFrom.secret" -}}
{{- end -}}
{{- if .Values.github.ca -}}
- name: github-ca
  configMap: {name: {{ include "peribolos.fullname" . }}-github-ca}
{{- else if $from.configMap -}}
- name: github-ca
  configMap: {name: {{ $from.configMap }}, items: [{key: {{ $from.key }}, path: ca.crt}]}
{{- else if $from.secret -}}
- name: github-ca
  secret: {secretName: {{ $from.secret }}, items: [{key: {{ $from.key }}, path: ca.crt}]}
{{- end -}}
{{- end }}

{{- define "peribolos.probes" -}}
startupProbe:
  httpGet: {path: /healthz, port: admin}
  periodSeconds: 2
  failureThreshold: 30
livenessProbe:
  httpGet: {path: /healthz, port: admin}
readinessProbe:
  httpGet: {path: /readyz, port: admin}
  periodSeconds: 5
{{- end }}

{{- /* The metadata of a Deployment's pods. Takes `root`, `component` and `config`, on which the pods depend without a watch. */ -}}
{{- define "peribolos.podMetadata" -}}
{{- $part := get .root.Values .component }}
{{- $labels := merge (dict "app.kubernetes.io/component" .component) (include "peribolos.labels" .root | fromYaml) $part.podLabels -}}
labels:
  {{- toYaml $labels | nindent 2 }}
{{- $own := dict "kubectl.kubernetes.io/default-container" .component "peribolos.dev/config" (toYaml .config | sha256sum | trunc 16) }}
annotations:
  {{- toYaml (merge $own $part.podAnnotations .root.Values.commonAnnotations) | nindent 2 }}
{{- end }}

{{- /* Where a Deployment's pods run, and as whom. Takes `root` and `component`. */ -}}
{{- define "peribolos.pod" -}}
{{- $part := get .root.Values .component -}}
serviceAccountName: {{ include "peribolos.fullname" .root }}-{{ .component }}
automountServiceAccountToken: true
enableServiceLinks: false # a Service's variables could be taken for PERIBOLOS_… flags
{{- with .root.Values.podSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
terminationGracePeriodSeconds: 20
{{- with $part.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $part.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $part.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $part.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $part.topologySpreadConstraints }}
{{- $labels := merge (dict "app.kubernetes.io/component" $.component) (include "peribolos.selector" $.root | fromYaml) }}
topologySpreadConstraints:
  {{- range . }}
  {{- toYaml (list (merge (dict) . (dict "labelSelector" (dict "matchLabels" $labels)))) | nindent 2 }}
  {{- end }}
{{- end }}
{{- end }}

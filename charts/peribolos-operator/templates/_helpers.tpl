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

{{- define "peribolos.image" -}}
{{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) }}
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

{{- /* What both Deployments' pods have. */ -}}
{{- define "peribolos.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "peribolos.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "peribolos.env" -}}
- name: PERIBOLOS_APP_ID
  valueFrom:
    secretKeyRef: {name: {{ .Values.app.existingSecret }}, key: app-id}
- name: PERIBOLOS_LOG
  value: {{ .Values.logLevel | quote }}
- name: MALLOC_ARENA_MAX # half the memory for thousands of objects
  value: "2"
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

{{- /* Takes .Values.receiver or .Values.controller. */ -}}
{{- define "peribolos.placement" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

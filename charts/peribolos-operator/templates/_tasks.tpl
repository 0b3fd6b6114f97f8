{{- /* What all Tasks share: their interface, and hardened steps. No param is part of a script: each is one argument of its own,
joined to its flag, so that no value can be taken for another flag. */ -}}

{{- define "peribolos.task.metadata" -}}
namespace: {{ include "peribolos.installations" . }}
labels:
  {{- include "peribolos.labels" . | nindent 2 }}
{{- end }}

{{- define "peribolos.task.params" -}}
- {name: login, description: "The organization, as GitHub spells it"}
- {name: repository, description: "The configuration's repository, owner/name"}
- {name: path, description: "The configuration's path in it"}
- {name: sha, description: "The commit that is read"}
- {name: pullRequest, default: "", description: "The pull request that is previewed; empty: none"}
- {name: args, type: array, default: [], description: {{ . | quote }}}
{{- end }}

{{- define "peribolos.task.stepTemplate" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  readOnlyRootFilesystem: true
  allowPrivilegeEscalation: false
  capabilities: {drop: [ALL]}
  seccompProfile: {type: RuntimeDefault}
computeResources:
  {{- toYaml .Values.tasks.resources | nindent 2 }}
{{- if .Values.github.ca }}
env:
  - {name: SSL_CERT_FILE, value: /etc/peribolos/github-ca/ca.crt} # for upstream's program
{{- end }}
volumeMounts:
  - {name: settled, mountPath: /settled}
  {{- if .Values.github.ca }}
  - {name: github-ca, mountPath: /etc/peribolos/github-ca, readOnly: true}
  {{- end }}
{{- end }}

{{- define "peribolos.task.volumes" -}}
- name: settled
  emptyDir: {sizeLimit: 64Mi}
{{- if .Values.github.ca }}
- name: github-ca
  configMap: {name: {{ include "peribolos.fullname" . }}-github-ca}
{{- end }}
{{- end }}

{{- /* Arguments that every step of ours takes. */ -}}
{{- define "peribolos.task.common" -}}
- --login=$(params.login)
- --repository=$(params.repository)
- --path=$(params.path)
- --token-file=$(workspaces.token.path)/token
- --github-api-url={{ .Values.github.apiUrl }}
- --github-graphql-url={{ include "peribolos.graphqlUrl" . }}
{{- if .Values.github.ca }}
- --github-ca-file=/etc/peribolos/github-ca/ca.crt
{{- end }}
{{- end }}

{{- define "peribolos.task.plan" -}}
- name: plan
  image: {{ include "peribolos.image" . }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  command: [peribolos-operator]
  args:
    - step
    - plan
    {{- include "peribolos.task.common" . | nindent 4 }}
    - --sha=$(params.sha)
    - --out=/settled/peribolos.yaml
{{- end }}

{{- define "peribolos.task.verify" -}}
- name: verify
  image: {{ include "peribolos.image" . }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  command: [peribolos-operator]
  args:
    - step
    - verify
    {{- include "peribolos.task.common" . | nindent 4 }}
    - --sha=$(params.sha)
    - --settled=/settled/peribolos.yaml
    - --planned=/settled/plan.json
    - --results-dir=/tekton/results
{{- end }}

{{- /* What all Tasks share: their interface, and hardened steps. No param is part of a script: each is one argument of its own,
joined to its flag, so that no value can be taken for another flag. */ -}}

{{- /* Tekton gives a Task's labels and annotations to the pods of its TaskRuns. */ -}}
{{- define "peribolos.task.metadata" -}}
{{- $tasks := .root.Values.tasks -}}
{{- include "peribolos.metadata" (dict "root" .root "name" (printf "peribolos-%s" .task) "namespace" (include "peribolos.installations" .root) "labels" $tasks.podLabels "annotations" $tasks.podAnnotations) }}
{{- end }}

{{- define "peribolos.taskServiceAccount" -}}
{{- .Values.tasks.serviceAccount.name | default (.Values.tasks.serviceAccount.create | ternary (printf "%s-tasks" (include "peribolos.fullname" .)) "default") -}}
{{- end }}

{{- define "peribolos.task.params" -}}
- {name: login, description: "The organization, as GitHub spells it"}
- {name: repository, description: "The configuration's repository, owner/name"}
- {name: path, description: "The configuration's path in it"}
- {name: sha, description: "The commit that is read"}
- {name: args, type: array, default: [], description: "Flags for the step"}
{{- end }}

{{- define "peribolos.task.results" -}}
- {name: planned, description: "How many changes were planned"}
- {name: applied, description: "How many of them were applied"}
- {name: failed, description: "How many of them GitHub refused"}
- {name: remaining, description: "How many are left"}
- {name: summary, description: "The same in one sentence"}
{{- end }}

{{- define "peribolos.task.stepTemplate" -}}
{{- with .Values.tasks.securityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
computeResources:
  {{- toYaml .Values.tasks.resources | nindent 2 }}
{{- $proxy := include "peribolos.proxy" (dict "root" . "direct" list) | fromYamlArray }}
{{- with concat $proxy .Values.tasks.extraEnv }}
env:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if or (include "peribolos.caVolume" .) .Values.tasks.extraVolumeMounts }}
volumeMounts:
  {{- if include "peribolos.caVolume" . }}
  - {name: github-ca, mountPath: /etc/peribolos/github-ca, readOnly: true}
  {{- end }}
  {{- with .Values.tasks.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "peribolos.task.volumes" -}}
{{- with include "peribolos.caVolume" . }}
{{ . }}
{{- end }}
{{- with .Values.tasks.extraVolumes }}
{{ toYaml . }}
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
{{- if include "peribolos.caVolume" . }}
- --github-ca-file=/etc/peribolos/github-ca/ca.crt
{{- end }}
{{- end }}

{{- /* The beginning of a step of ours: its name and subcommand are `step`. */ -}}
{{- define "peribolos.task.step" -}}
- name: {{ .step }}
  image: {{ include "peribolos.image" (dict "root" .root "image" .root.Values.image) }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  command: [peribolos-operator]
  args:
    - step
    - {{ .step }}
    {{- include "peribolos.task.common" .root | nindent 4 }}
{{- end }}

{{- /* What values.schema.json can't say of installationDefaults: how long a duration is. The limits and sentences are those of the
definition's rules. */ -}}
{{- define "peribolos.checkDefaults" -}}
{{- $crd := .Files.Get "files/crds/githubinstallations.peribolos.dev.yaml" | fromYaml }}
{{- range $part, $fields := (index $crd.spec.versions 0).schema.openAPIV3Schema.properties.spec.properties }}
{{- $given := index $.Values.installationDefaults $part }}
{{- if kindIs "map" $given }}
{{- range $field, $schema := $fields.properties }}
{{- range index $schema "x-kubernetes-validations" | default list }}
{{- if and (hasKey $given $field) (contains "duration(self)" .rule) }}
{{- include "peribolos.checkDuration" (dict "seconds" (include "peribolos.seconds" (index $given $field)) "rule" . "path" (printf "%s.%s" $part $field)) }}
{{- end }}
{{- end }}
{{- end }}
{{- range index $fields "x-kubernetes-validations" | default list }}
{{- if contains "duration(self." .rule }}
{{- $sum := 0 }}
{{- range regexFindAll "duration\\(self\\.[a-zA-Z]+\\)" .rule -1 }}
{{- $field := regexFind "[a-zA-Z]+\\)$" . | trimSuffix ")" }}
{{- $sum = add $sum (include "peribolos.seconds" (index $given $field | default (index $fields.default $field))) }}
{{- end }}
{{- include "peribolos.checkDuration" (dict "seconds" $sum "rule" . "path" $part) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- /* Compares seconds with the limits in a rule. */ -}}
{{- define "peribolos.checkDuration" -}}
{{- $seconds := .seconds | int }}
{{- $least := regexFind ">= duration\\('[0-9smh]+'\\)" .rule.rule }}
{{- $most := regexFind "<= duration\\('[0-9smh]+'\\)" .rule.rule }}
{{- $isOff := and (eq $seconds 0) (contains "== duration('0s')" .rule.rule) }}
{{- $isShort := and $least (lt $seconds (include "peribolos.seconds" $least | int)) }}
{{- $isLong := and $most (gt $seconds (include "peribolos.seconds" $most | int)) }}
{{- if and (not $isOff) (or $isShort $isLong) }}
{{- fail (printf "installationDefaults.%s: %s" .path .rule.message) }}
{{- end }}
{{- end }}

{{- define "peribolos.seconds" -}}
{{- $sum := 0 }}
{{- range regexFindAll "[0-9]+[smh]" . -1 }}
{{- $sum = add $sum (mul (regexFind "[0-9]+" .) (index (dict "s" 1 "m" 60 "h" 3600) (regexFind "[smh]" .))) }}
{{- end }}
{{- $sum }}
{{- end }}

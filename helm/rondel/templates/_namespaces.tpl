{{/*
In which namespaces this release does what. Each gives {"names": […], "all": bool}; all of them is written "*" in values.
*/}}

{{/* Where the Services lie that announce code locations. */}}
{{- define "rondel.discovered" -}}
{{- $d := .Values.discovery -}}
{{- $names := list -}}
{{- if $d.enabled -}}
{{- $names = $d.namespaces | default (list .Release.Namespace) -}}
{{- end -}}
{{- if .Values.operator.enabled -}}
{{- $names = append $names (.Values.operator.namespace | default .Release.Namespace) -}}
{{- end -}}
{{- include "rondel.namespaces" $names -}}
{{- end -}}

{{/* Where runs are made: what CodeLocation resources describe is run where they lie. */}}
{{- define "rondel.runNamespaces" -}}
{{- $names := list ((.Values.runLauncher.config.k8sRunLauncher | default dict).jobNamespace | default .Release.Namespace) -}}
{{- if .Values.operator.enabled -}}
{{- $names = append $names (.Values.operator.namespace | default .Release.Namespace) -}}
{{- end -}}
{{- include "rondel.namespaces" $names -}}
{{- end -}}

{{- define "rondel.namespaces" -}}
{{- $all := has "*" . -}}
{{- dict "all" $all "names" (ternary list (uniq .) $all) | toJson -}}
{{- end -}}

{{/*
A role and who has it: takes `root`, `suffix` of its name, `rules`, `where` (as above), `account`. In each namespace a Role,
or a ClusterRole for all of them.
*/}}
{{- define "rondel.role" -}}
{{- $ := .root -}}
{{- $name := printf "%s-%s" (include "rondel.fullname" $) .suffix -}}
{{- $places := .where.names -}}
{{- if .where.all -}}
{{- $name = printf "%s-%s" $.Release.Namespace $name -}}
{{- $places = list "" -}}
{{- end -}}
{{- $kind := ternary "ClusterRole" "Role" .where.all -}}
{{- $call := . -}}
{{- range $namespace := $places }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $kind }}
metadata:
  name: {{ $name }}
  {{- with $namespace }}
  namespace: {{ . }}
  {{- end }}
  labels:
    {{- include "rondel.labels" $ | nindent 4 }}
rules:
  {{- toYaml $call.rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $kind }}Binding
metadata:
  name: {{ trimSuffix "-role" $name }}-rolebinding
  {{- with $namespace }}
  namespace: {{ . }}
  {{- end }}
  labels:
    {{- include "rondel.labels" $ | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ $kind }}
  name: {{ $name }}
subjects:
  - kind: ServiceAccount
    name: {{ $call.account }}
    namespace: {{ $.Release.Namespace }}
{{- end }}
{{- end -}}

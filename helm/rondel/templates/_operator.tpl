{{- define "rondel.operatorAccount" -}}
{{- .Values.operator.serviceAccountName | default (printf "%s-operator" (include "rondel.fullname" .)) -}}
{{- end -}}

{{/*
As with code locations of values: the password with which code opens the instance, and DAGSTER_HOME. The Secret and the
ConfigMap are those of this release; a namespace of its own for code locations must have copies of them.
*/}}
{{- define "rondel.codeServerDefaults" -}}
{{- $given := .Values.operator.codeServers -}}
{{- $password := dict "name" "DAGSTER_PG_PASSWORD" "valueFrom" (dict "secretKeyRef" (dict "name" (include "rondel.secretName" .) "key" "postgresql-password")) -}}
{{- $home := dict "name" "DAGSTER_HOME" "value" .Values.global.dagsterHome -}}
{{- $container := $given.container | default dict -}}
{{- $container = merge (dict "env" (concat (list $password $home) ($container.env | default list))) $container -}}
{{- $pod := $given.pod | default dict -}}
{{- if and .Values.imagePullSecrets (not $pod.imagePullSecrets) -}}
{{- $pod = merge (dict "imagePullSecrets" .Values.imagePullSecrets) $pod -}}
{{- end -}}
{{- dict "container" $container "pod" $pod | toJson -}}
{{- end -}}

{{/*
Whose the resource definition is that the cluster has already, when it is not this release's: Helm refuses to take it
over, and a definition stays when its release goes.
*/}}
{{- define "rondel.definitionOfOthers" -}}
{{- $known := lookup "apiextensions.k8s.io/v1" "CustomResourceDefinition" "" "codelocations.rondel.dev" }}
{{- if $known }}
{{- $notes := $known.metadata.annotations | default dict }}
{{- $release := get $notes "meta.helm.sh/release-name" }}
{{- $namespace := get $notes "meta.helm.sh/release-namespace" }}
{{- if not $release }}
{{- "somebody else, without Helm" }}
{{- else if or (ne $release .Release.Name) (ne $namespace .Release.Namespace) }}
{{- printf "the release %s in the namespace %s" $release $namespace }}
{{- end }}
{{- end }}
{{- end }}

{{/*
Names and labels are those the dagster chart gives, whatever this chart is called: `helm upgrade` of an existing release
takes its Deployments, Services, ConfigMaps and Secrets over in place (selectors cannot be changed afterwards).
*/}}

{{- define "rondel.name" -}}
{{- default "dagster" .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "rondel.fullname" -}}
{{- $full := .Values.global.fullnameOverride -}}
{{- $name := .Values.global.nameOverride | default "dagster" -}}
{{- if not $full -}}
{{- $full = ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- end -}}
{{- $full | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "rondel.selectorLabels" -}}
app.kubernetes.io/name: {{ include "rondel.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "rondel.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "rondel.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* Takes (list $ readOnly). */}}
{{- define "rondel.webserverName" -}}
{{- $ := index . 0 -}}
{{- printf "%s-%s" $.Release.Name ($.Values.dagsterWebserver.nameOverride | default "webserver") | trunc 63 | trimSuffix "-" -}}
{{- ternary "-read-only" "" (index . 1) -}}
{{- end -}}

{{- define "rondel.webserverComponent" -}}
dagster-webserver{{ ternary "-read-only" "" . }}
{{- end -}}

{{- define "rondel.serviceAccountName" -}}
{{- .Values.global.serviceAccountName | default .Values.serviceAccount.name | default (include "rondel.fullname" .) -}}
{{- end -}}

{{- define "rondel.secretName" -}}
{{- .Values.global.postgresqlSecretName | default (printf "%s-postgresql-secret" (include "rondel.fullname" .)) -}}
{{- end -}}

{{- define "rondel.postgresqlName" -}}
{{- printf "%s-%s" .Release.Name (.Values.postgresql.nameOverride | default "postgresql") | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* With a built-in database its Service, unless a host is named. */}}
{{- define "rondel.databaseHost" -}}
{{- .Values.postgresql.postgresqlHost | default (include "rondel.postgresqlName" .) -}}
{{- end -}}

{{- define "rondel.workspaceConfigMap" -}}
{{- $workspace := .Values.dagsterWebserver.workspace -}}
{{- if and $workspace.enabled $workspace.externalConfigmap -}}
{{- $workspace.externalConfigmap -}}
{{- else -}}
{{- printf "%s-workspace-yaml" (include "rondel.fullname" .) -}}
{{- end -}}
{{- end -}}

{{- define "rondel.image" -}}
{{- printf "%s:%s" .Values.rondel.image.repository (.Values.rondel.image.tag | default .Chart.AppVersion | toString) -}}
{{- end -}}

{{- define "rondel.sharedEnv" -}}
DAGSTER_HOME: {{ .Values.global.dagsterHome | quote }}
DAGSTER_K8S_PIPELINE_RUN_NAMESPACE: {{ .Release.Namespace | quote }}
DAGSTER_K8S_PIPELINE_RUN_ENV_CONFIGMAP: {{ printf "%s-pipeline-env" (include "rondel.fullname" .) | quote }}
{{- with .Values.pipelineRun.image }}
DAGSTER_K8S_PIPELINE_RUN_IMAGE: {{ printf "%s:%s" .repository (.tag | default "1.13.27" | toString) | quote }}
DAGSTER_K8S_PIPELINE_RUN_IMAGE_PULL_POLICY: {{ .pullPolicy | default "Always" | quote }}
{{- end }}
{{- end -}}

{{/* Names and labels are those of the dagster-user-deployments chart: an existing release is taken over in place. */}}

{{- define "rud.name" -}}
{{- default "dagster-user-deployments" .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "rud.fullname" -}}
{{- $full := .Values.global.fullnameOverride | default .Values.fullnameOverride -}}
{{- $name := .Values.global.nameOverride | default .Values.nameOverride | default "dagster-user-deployments" -}}
{{- if not $full -}}
{{- $full = ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- end -}}
{{- $full | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "rud.selectorLabels" -}}
app.kubernetes.io/name: {{ include "rud.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "rud.labels" -}}
helm.sh/chart: {{ printf "%s-%s" "rondel-user-deployments" .Chart.Version | replace "+" "_" }}
{{ include "rud.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "rud.serviceAccountName" -}}
{{- .Values.global.serviceAccountName | default .Values.serviceAccount.name | default (printf "%s-user-deployments" (include "rud.fullname" .)) -}}
{{- end -}}

{{/* The account of one code location: its own when it names one. Takes (list $ deployment). */}}
{{- define "rud.deploymentAccount" -}}
{{- $own := (index . 1).serviceAccount | default dict -}}
{{- $own.name | default (include "rud.serviceAccountName" (index . 0)) -}}
{{- end -}}

{{- define "rud.secretName" -}}
{{- .Values.global.postgresqlSecretName | default .Values.postgresqlSecretName -}}
{{- end -}}

{{/* Takes (list $ deployment). A tag may be written as a number. */}}
{{- define "rud.image" -}}
{{- $image := (index . 1).image -}}
{{- printf "%s:%s" $image.repository ($image.tag | default (index . 0).Chart.AppVersion | toString) -}}
{{- end -}}

{{- define "rud.dagsterHome" -}}
{{- .Values.global.dagsterHome | default .Values.dagsterHome -}}
{{- end -}}

{{/*
The ConfigMap with dagster.yaml. As a part of the rondel chart its name is known; a release of code locations alone cannot
tell what the other release is called.
*/}}
{{- define "rud.instanceConfigMap" -}}
{{- if .Values.instanceConfigMap -}}
{{- .Values.instanceConfigMap -}}
{{- else if hasKey .Values "enableSubchart" -}}
{{- $name := .Values.global.nameOverride | default "dagster" -}}
{{- $full := .Values.global.fullnameOverride | default (ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name)) -}}
{{- printf "%s-instance" ($full | trunc 63 | trimSuffix "-") -}}
{{- else -}}
{{- fail "includeInstance: name the ConfigMap of the other release in instanceConfigMap; it is called <release>-dagster-instance" -}}
{{- end -}}
{{- end -}}

{{- define "rud.sharedEnv" -}}
DAGSTER_HOME: {{ include "rud.dagsterHome" . | quote }}
DAGSTER_K8S_PIPELINE_RUN_NAMESPACE: {{ .Release.Namespace | quote }}
DAGSTER_K8S_PIPELINE_RUN_ENV_CONFIGMAP: {{ printf "%s-pipeline-env" (include "rud.fullname" .) | quote }}
{{- end -}}

{{/*
The code locations as {"items": […]}: `deployments` is a list, or a map whose keys are the names (which several values
files can then add to). Maps come in the order of their keys.
*/}}
{{- define "rud.deployments" -}}
{{- $items := list -}}
{{- if kindIs "map" .Values.deployments -}}
{{- range $name, $deployment := .Values.deployments -}}
{{- $items = append $items (merge (dict "name" $name) $deployment) -}}
{{- end -}}
{{- else -}}
{{- $items = .Values.deployments | default list -}}
{{- end -}}
{{- dict "items" $items | toJson -}}
{{- end -}}

{{/* dagster.yaml as a map, from values. Keys appear only where a value is given, as with the dagster chart. */}}

{{/* Names in camelCase as dagster.yaml writes them; takes a map and gives the map as JSON. Empty values are left out. */}}
{{- define "rondel.snake" -}}
{{- $out := dict -}}
{{- range $key, $value := . -}}
{{- if not (or (kindIs "invalid" $value) (eq (toString $value) "") (and (kindIs "map" $value) (empty $value)) (and (kindIs "slice" $value) (empty $value))) -}}
{{- $_ := set $out (snakecase $key) $value -}}
{{- end -}}
{{- end -}}
{{- $out | toJson -}}
{{- end -}}

{{- define "rondel.instance.database" -}}
{{- $p := .Values.postgresql -}}
{{- $db := dict
  "username" $p.postgresqlUsername
  "password" (dict "env" "DAGSTER_PG_PASSWORD")
  "hostname" (include "rondel.databaseHost" .)
  "db_name" $p.postgresqlDatabase
  "port" (int $p.service.port)
  "params" ($p.postgresqlParams | default dict) -}}
{{- with $p.postgresqlScheme }}{{ $_ := set $db "scheme" . }}{{ end -}}
{{- dict "postgres_db" $db | toJson -}}
{{- end -}}

{{- define "rondel.instance.launcher" -}}
{{- $l := .Values.runLauncher.config.k8sRunLauncher | default dict -}}
{{- $config := dict
  "load_incluster_config" (ne (toString $l.loadInclusterConfig) "false")
  "job_namespace" ($l.jobNamespace | default .Release.Namespace)
  "image_pull_policy" ($l.imagePullPolicy | default "Always")
  "service_account_name" (include "rondel.serviceAccountName" .)
  "dagster_home" .Values.global.dagsterHome
  "instance_config_map" (printf "%s-instance" (include "rondel.fullname" .))
  "postgres_password_secret" (include "rondel.secretName" .) -}}
{{- with $l.kubeconfigFile }}{{ $_ := set $config "kubeconfig_file" . }}{{ end -}}
{{- with .Values.imagePullSecrets }}{{ $_ := set $config "image_pull_secrets" . }}{{ end -}}
{{- with $l.image }}{{ $_ := set $config "job_image" (printf "%s:%s" .repository (.tag | toString)) }}{{ end -}}
{{- range $key, $from := dict "env_config_maps" $l.envConfigMaps "env_secrets" $l.envSecrets -}}
{{- $names := list -}}
{{- range $from }}{{ if .name }}{{ $names = append $names .name }}{{ end }}{{ end -}}
{{- with $names }}{{ $_ := set $config $key . }}{{ end -}}
{{- end -}}
{{- range $key := list "envVars" "volumeMounts" "volumes" "labels" "resources" "schedulerName" "securityContext" -}}
{{- with index $l $key }}{{ $_ := set $config (snakecase $key) . }}{{ end -}}
{{- end -}}
{{- if $l.failPodOnRunFailure }}{{ $_ := set $config "fail_pod_on_run_failure" true }}{{ end -}}
{{- with $l.runK8sConfig }}{{ $_ := set $config "run_k8s_config" (include "rondel.snake" . | fromJson) }}{{ end -}}
{{- dict "module" "dagster_k8s" "class" "K8sRunLauncher" "config" $config | toJson -}}
{{- end -}}

{{/* Without a number there is no limit, as with the dagster chart; Dagster's own default is 10. */}}
{{- define "rondel.instance.coordinator" -}}
{{- $q := .Values.dagsterDaemon.runCoordinator.config.queuedRunCoordinator | default dict -}}
{{- $config := include "rondel.snake" (omit $q "blockOpConcurrencyLimitedRuns") | fromJson -}}
{{- if and (hasKey $config "dequeue_use_threads") (not $config.dequeue_use_threads) -}}
{{- $config = omit $config "dequeue_use_threads" -}}
{{- end -}}
{{- if and $config (not (hasKey $config "max_concurrent_runs")) (not .Values.concurrency.enabled) -}}
{{- $_ := set $config "max_concurrent_runs" -1 -}}
{{- end -}}
{{- with $q.blockOpConcurrencyLimitedRuns -}}
{{- $_ := set $config "block_op_concurrency_limited_runs" (include "rondel.snake" . | fromJson) -}}
{{- end -}}
{{- dict "module" "dagster.core.run_coordinator" "class" "QueuedRunCoordinator" "config" $config | toJson -}}
{{- end -}}

{{- define "rondel.instance.computeLogs" -}}
{{- $type := .Values.computeLogManager.type -}}
{{- $modules := dict
  "NoOpComputeLogManager" "dagster.core.storage.noop_compute_log_manager"
  "LocalComputeLogManager" "dagster.core.storage.local_compute_log_manager"
  "S3ComputeLogManager" "dagster_aws.s3.compute_log_manager"
  "GCSComputeLogManager" "dagster_gcp.gcs.compute_log_manager"
  "AzureBlobComputeLogManager" "dagster_azure.blob.compute_log_manager" -}}
{{- $key := printf "%s%s" (substr 0 1 $type | lower) (substr 1 (len $type | int) $type) -}}
{{- $key = $key | replace "gCSCompute" "gcsCompute" -}}
{{- $given := index .Values.computeLogManager.config $key | default dict -}}
{{- $out := dict "module" (index $modules $type) "class" $type -}}
{{- with include "rondel.snake" $given | fromJson }}{{ $_ := set $out "config" . }}{{ end -}}
{{- $out | toJson -}}
{{- end -}}

{{/* Read by code servers and runs alone. The class that the dagster chart names is called otherwise in Dagster 1.13. */}}
{{- define "rondel.instance.defsState" -}}
{{- $config := .config | default dict -}}
{{- if eq .type "CustomDefsStateStorage" -}}
{{- $config.customDefsStateStorage | toJson -}}
{{- else -}}
{{- dict
  "module" "dagster._core.storage.defs_state.blob_storage_state_storage"
  "class" "UPathDefsStateStorage"
  "config" (include "rondel.snake" $config.blobStorageStateStorage | fromJson) | toJson -}}
{{- end -}}
{{- end -}}

{{- define "rondel.instance" -}}
{{- $v := .Values -}}
{{- $storage := include "rondel.instance.database" . | fromJson -}}
{{- $out := dict
  "scheduler" (dict "module" "dagster.core.scheduler" "class" "DagsterDaemonScheduler")
  "schedule_storage" (dict "module" "dagster_postgres.schedule_storage" "class" "PostgresScheduleStorage" "config" $storage)
  "run_storage" (dict "module" "dagster_postgres.run_storage" "class" "PostgresRunStorage" "config" $storage)
  "event_log_storage" (dict "module" "dagster_postgres.event_log" "class" "PostgresEventLogStorage" "config" $storage)
  "run_launcher" (include "rondel.instance.launcher" . | fromJson)
  "compute_logs" (include "rondel.instance.computeLogs" . | fromJson)
  "telemetry" (dict "enabled" $v.telemetry.enabled) -}}
{{- with $v.pythonLogs }}{{ $_ := set $out "python_logs" (include "rondel.snake" . | fromJson) }}{{ end -}}
{{- if $v.concurrency.enabled -}}
{{- $concurrency := dict -}}
{{- with include "rondel.snake" $v.concurrency.pools | fromJson }}{{ $_ := set $concurrency "pools" . }}{{ end -}}
{{- with include "rondel.snake" $v.concurrency.runs | fromJson }}{{ $_ := set $concurrency "runs" . }}{{ end -}}
{{- with $concurrency }}{{ $_ := set $out "concurrency" . }}{{ end -}}
{{- end -}}
{{- with $v.defsStateStorage }}{{ $_ := set $out "defs_state_storage" (include "rondel.instance.defsState" . | fromJson) }}{{ end -}}
{{- with $v.dagsterDaemon -}}
{{- if .enabled -}}
{{- if .runCoordinator.enabled -}}
{{- $_ := set $out "run_coordinator" (include "rondel.instance.coordinator" $ | fromJson) -}}
{{- else -}}
{{- $_ := set $out "run_coordinator" (dict "module" "dagster._core.run_coordinator.sync_in_memory_run_coordinator" "class" "SyncInMemoryRunCoordinator") -}}
{{- end -}}
{{- if .runMonitoring.enabled }}{{ $_ := set $out "run_monitoring" (include "rondel.snake" .runMonitoring | fromJson) }}{{ end -}}
{{- if .runRetries.enabled }}{{ $_ := set $out "run_retries" (include "rondel.snake" .runRetries | fromJson) }}{{ end -}}
{{- if .sensors.useThreads }}{{ $_ := set $out "sensors" (include "rondel.snake" .sensors | fromJson) }}{{ end -}}
{{- if .schedules.useThreads }}{{ $_ := set $out "schedules" (include "rondel.snake" .schedules | fromJson) }}{{ end -}}
{{- with .backfills }}{{ $_ := set $out "backfills" (include "rondel.snake" . | fromJson) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if $v.retention.enabled -}}
{{- $retention := dict -}}
{{- range $key := list "schedule" "sensor" "autoMaterialize" -}}
{{- with index $v.retention $key }}{{ $_ := set $retention (snakecase $key) (dict "purge_after_days" .purgeAfterDays) }}{{ end -}}
{{- end -}}
{{- $_ := set $out "retention" $retention -}}
{{- end -}}
{{- range $key, $value := $v.additionalInstanceConfig -}}
{{- if hasKey $out $key }}{{ fail (printf "additionalInstanceConfig.%s: another key of the values stands for it already" $key) }}{{ end -}}
{{- $_ := set $out $key $value -}}
{{- end -}}
{{- toYaml $out -}}
{{- end -}}

{{- define "rondel.workspace" -}}
{{- $servers := list -}}
{{- if .Values.dagsterWebserver.workspace.enabled -}}
{{- range .Values.dagsterWebserver.workspace.servers -}}
{{- $server := dict "host" .host "port" (int .port) "location_name" (.name | default .host) -}}
{{- if .ssl }}{{ $_ := set $server "ssl" true }}{{ end -}}
{{- $servers = append $servers (dict "grpc_server" $server) -}}
{{- end -}}
{{- else -}}
{{- $code := index .Values "dagster-user-deployments" -}}
{{- if kindIs "map" $code.deployments -}}
{{- range $name, $d := $code.deployments -}}
{{- $servers = append $servers (dict "grpc_server" (dict "host" $name "port" (int $d.port) "location_name" $name)) -}}
{{- end -}}
{{- else -}}
{{- range $code.deployments -}}
{{- $servers = append $servers (dict "grpc_server" (dict "host" .name "port" (int .port) "location_name" .name)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml (dict "load_from" $servers) -}}
{{- end -}}

{{/* rondel.yaml; empty when everything is as without it. */}}
{{- define "rondel.settings" -}}
{{- if eq .Values.rondel.kubernetesExecutor "host" -}}
kubernetes_executor: host
{{- end -}}
{{- end }}

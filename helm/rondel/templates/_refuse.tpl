{{/*
What a values file may ask of the dagster chart and Rondel does not do is refused by its name, with what to do instead.
Rendered by the instance ConfigMap, which every release has.
*/}}
{{- define "rondel.refuse" -}}
{{- $v := .Values -}}
{{- $problems := list -}}
{{- if ne $v.runLauncher.type "K8sRunLauncher" -}}
{{- $problems = append $problems (printf "runLauncher.type: %s is not supported; use K8sRunLauncher" $v.runLauncher.type) -}}
{{- end -}}
{{- if ne $v.scheduler.type "DagsterDaemonScheduler" -}}
{{- $problems = append $problems (printf "scheduler.type: %s is not supported; use DagsterDaemonScheduler" $v.scheduler.type) -}}
{{- end -}}
{{- if and $v.dagsterDaemon.runCoordinator.enabled (ne $v.dagsterDaemon.runCoordinator.type "QueuedRunCoordinator") -}}
{{- $problems = append $problems (printf "dagsterDaemon.runCoordinator.type: %s is not supported; use QueuedRunCoordinator" $v.dagsterDaemon.runCoordinator.type) -}}
{{- end -}}
{{- if not (has $v.computeLogManager.type (list "NoOpComputeLogManager" "S3ComputeLogManager" "GCSComputeLogManager" "AzureBlobComputeLogManager" "LocalComputeLogManager")) -}}
{{- $problems = append $problems (printf "computeLogManager.type: %s is not supported; use NoOpComputeLogManager, S3ComputeLogManager, GCSComputeLogManager or AzureBlobComputeLogManager" $v.computeLogManager.type) -}}
{{- end -}}
{{- range $name := list "rabbitmq" "redis" "flower" -}}
{{- if (index $v $name).enabled -}}
{{- $problems = append $problems (printf "%s.enabled: Celery is not supported, remove it" $name) -}}
{{- end -}}
{{- end -}}
{{- if $v.redis.internal -}}
{{- $problems = append $problems "redis.internal: Celery is not supported, remove it" -}}
{{- end -}}
{{- range $name := list "dagsterWebserver" "dagsterDaemon" -}}
{{- $repository := (index $v $name).image.repository | default "" -}}
{{- $known := list "" "dagster/dagster-celery-k8s" "docker.io/dagster/dagster-celery-k8s" "dagster/dagster-k8s" "docker.io/dagster/dagster-k8s" "dagster/k8s-dagit-example" -}}
{{- if not (or (has $repository $known) (contains "rondel" (base $repository))) -}}
{{- $problems = append $problems (printf "%s.image.repository: %s has no Rondel in it; remove %s.image, or name an image of Rondel in rondel.image" $name $repository $name) -}}
{{- end -}}
{{- end -}}
{{- if and $v.concurrency.enabled $v.dagsterDaemon.runCoordinator.enabled -}}
{{- $queue := $v.dagsterDaemon.runCoordinator.config.queuedRunCoordinator | default dict -}}
{{- if not (or (kindIs "invalid" $v.concurrency.runs.maxConcurrentRuns) (kindIs "invalid" $queue.maxConcurrentRuns)) -}}
{{- $problems = append $problems "concurrency.runs.maxConcurrentRuns: also set in dagsterDaemon.runCoordinator.config.queuedRunCoordinator; keep one" -}}
{{- end -}}
{{- if and $v.concurrency.runs.tagConcurrencyLimits $queue.tagConcurrencyLimits -}}
{{- $problems = append $problems "concurrency.runs.tagConcurrencyLimits: also set in dagsterDaemon.runCoordinator.config.queuedRunCoordinator; keep one" -}}
{{- end -}}
{{- if not (or (kindIs "invalid" $v.concurrency.pools.opGranularityRunBuffer) (kindIs "invalid" ($queue.blockOpConcurrencyLimitedRuns | default dict).opConcurrencySlotBuffer)) -}}
{{- $problems = append $problems "concurrency.pools.opGranularityRunBuffer: also set in dagsterDaemon.runCoordinator.config.queuedRunCoordinator.blockOpConcurrencyLimitedRuns; keep one" -}}
{{- end -}}
{{- end -}}
{{- $code := index $v "dagster-user-deployments" -}}
{{- if and (not $code.enabled) $code.enableSubchart $code.deployments -}}
{{- $problems = append $problems "dagster-user-deployments.enabled: without it nobody reads the code locations; set it, or set enableSubchart to false" -}}
{{- end -}}
{{- if and $v.operator.enabled (contains "," $v.operator.namespace) -}}
{{- $problems = append $problems "operator.namespace: one namespace, or \"*\" for all of them" -}}
{{- end -}}
{{- if and $v.dagsterWebserver.workspace.enabled $v.dagsterWebserver.workspace.servers $v.dagsterWebserver.workspace.externalConfigmap -}}
{{- $problems = append $problems "dagsterWebserver.workspace: servers and externalConfigmap exclude each other" -}}
{{- end -}}
{{- if and (not $v.postgresql.enabled) (not $v.postgresql.postgresqlHost) -}}
{{- $problems = append $problems "postgresql.postgresqlHost: needed when postgresql.enabled is false" -}}
{{- end -}}
{{- if $v.ingress.enabled -}}
{{- if and $v.ingress.apiVersion (ne $v.ingress.apiVersion "networking.k8s.io/v1/Ingress") -}}
{{- $problems = append $problems (printf "ingress.apiVersion: %s is gone from Kubernetes; remove it" $v.ingress.apiVersion) -}}
{{- end -}}
{{- end -}}
{{- with $problems -}}
{{- fail (printf "\n\nThese values do not work with Rondel:\n  - %s\n" (join "\n  - " .)) -}}
{{- end -}}
{{- end -}}

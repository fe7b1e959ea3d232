{{/*
What runs of a code location get from it: the launcher reads this from the code server ("container context") and puts
it into the run's Job. Takes (list $ deployment).
*/}}
{{- define "rud.containerContext" -}}
{{- $ := index . 0 -}}
{{- $d := index . 1 -}}
{{- $maps := list (printf "%s-%s-user-env" (include "rud.fullname" $) $d.name) -}}
{{- range $d.envConfigMaps }}{{ if .name }}{{ $maps = append $maps .name }}{{ end }}{{ end -}}
{{- $secrets := list -}}
{{- range $d.envSecrets }}{{ if .name }}{{ $secrets = append $secrets .name }}{{ end }}{{ end -}}
{{- $podSpec := dict "automount_service_account_token" true -}}
{{- with $d.sidecarContainers }}{{ $_ := set $podSpec "containers" . }}{{ end -}}
{{- with $d.initContainers }}{{ $_ := set $podSpec "init_containers" . }}{{ end -}}
{{- $raw := dict "pod_spec_config" $podSpec -}}
{{- with $d.annotations }}{{ $_ := set $raw "pod_template_spec_metadata" (dict "annotations" .) }}{{ end -}}
{{- $k8s := dict
  "image_pull_policy" $d.image.pullPolicy
  "env_config_maps" $maps
  "namespace" $.Release.Namespace
  "service_account_name" (include "rud.deploymentAccount" .)
  "run_k8s_config" $raw -}}
{{- with $.Values.imagePullSecrets }}{{ $_ := set $k8s "image_pull_secrets" . }}{{ end -}}
{{- with $secrets }}{{ $_ := set $k8s "env_secrets" . }}{{ end -}}
{{- with $d.volumeMounts }}{{ $_ := set $k8s "volume_mounts" . }}{{ end -}}
{{- with $d.volumes }}{{ $_ := set $k8s "volumes" . }}{{ end -}}
{{- with $d.labels }}{{ $_ := set $k8s "labels" . }}{{ end -}}
{{- with $d.resources }}{{ $_ := set $k8s "resources" . }}{{ end -}}
{{- with $d.schedulerName }}{{ $_ := set $k8s "scheduler_name" . }}{{ end -}}
{{- if kindIs "slice" $d.env }}{{ with $d.env }}{{ $_ := set $k8s "env" . }}{{ end }}{{ end -}}
{{- dict "k8s" $k8s | toJson -}}
{{- end -}}

{{/*
A probe of a code server: the one given, or Dagster's own health check with the given timing. `enabled` is a switch of
ours, not of Kubernetes. Takes (dict "probe" … "port" …).
*/}}
{{- define "rud.probe" -}}
{{- $probe := omit .probe "enabled" -}}
{{- if not (or $probe.exec $probe.httpGet $probe.tcpSocket $probe.grpc) -}}
{{- $check := list "dagster" "api" "grpc-health-check" "-p" (.port | toString) -}}
{{- $probe = merge $probe (dict "exec" (dict "command" $check)) -}}
{{- end -}}
{{- toYaml $probe -}}
{{- end -}}

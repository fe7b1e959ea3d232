{{/*
The pod of the webserver and of the daemon. Takes a map: `root` the chart's context, `values` dagsterWebserver or
dagsterDaemon, `component`, `command`, `env` (the ConfigMap with plain variables), `own` (further variables), `ports` (numbers by name).
The container may write only to /tmp and to DAGSTER_HOME, which live as long as the pod.
*/}}
{{- define "rondel.pod" -}}
{{- $ := .root -}}
{{- $v := .values -}}
{{- $code := index $.Values "dagster-user-deployments" -}}
metadata:
  labels:
    {{- include "rondel.selectorLabels" $ | nindent 4 }}
    component: {{ .component }}
    {{- if eq .component "dagster-daemon" }}
    deployment: daemon
    {{- end }}
    {{- with $v.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    checksum/dagster-instance: {{ print (include "rondel.instance" $) (include "rondel.settings" $) | sha256sum }}
    {{- with $v.annotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- with $.Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  serviceAccountName: {{ include "rondel.serviceAccountName" $ }}
  automountServiceAccountToken: true
  {{- with $v.podSecurityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: dagster
      image: {{ include "rondel.image" $ | quote }}
      imagePullPolicy: {{ $.Values.rondel.image.pullPolicy }}
      command: {{ .command | toJson }}
      {{- with $v.securityContext }}
      securityContext:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      env:
        - name: DAGSTER_PG_PASSWORD
          valueFrom:
            secretKeyRef:
              name: {{ include "rondel.secretName" $ | quote }}
              key: postgresql-password
        # A rolling upgrade starts pods while the database may be restarting: wait for it, rather than crash.
        - name: RONDEL_STORAGE_CONNECT_SECONDS
          value: "300"
        {{- range $name, $value := .own }}
        - name: {{ $name }}
          value: {{ $value | quote }}
        {{- end }}
        {{- if kindIs "slice" $v.env }}
        {{- with $v.env }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
        {{- end }}
      envFrom:
        - configMapRef:
            name: {{ include "rondel.fullname" $ }}-{{ .env }}
        {{- range $v.envConfigMaps }}
        - configMapRef:
            {{- toYaml . | nindent 12 }}
        {{- end }}
        {{- range $v.envSecrets }}
        - secretRef:
            {{- toYaml . | nindent 12 }}
        {{- end }}
      {{- with .ports }}
      ports:
        {{- range $name, $port := . }}
        - name: {{ $name }}
          containerPort: {{ $port }}
          protocol: TCP
        {{- end }}
      {{- end }}
      {{- with $v.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- range $kind := list "readinessProbe" "livenessProbe" "startupProbe" }}
      {{- $probe := index $v $kind | default dict }}
      {{- if and (omit $probe "enabled") (ne (toString $probe.enabled) "false") }}
      {{ $kind }}:
        {{- include "rondel.probe" (dict "probe" $probe "prefix" $v.pathPrefix) | nindent 8 }}
      {{- end }}
      {{- end }}
      volumeMounts:
        - name: tmp
          mountPath: /tmp
        - name: home
          mountPath: {{ $.Values.global.dagsterHome }}
        - name: dagster-instance
          mountPath: {{ $.Values.global.dagsterHome }}/dagster.yaml
          subPath: dagster.yaml
          readOnly: true
        {{- if include "rondel.settings" $ }}
        - name: dagster-instance
          mountPath: {{ $.Values.global.dagsterHome }}/rondel.yaml
          subPath: rondel.yaml
          readOnly: true
        {{- end }}
        {{- if $code.enabled }}
        # The whole folder: a changed ConfigMap reaches it without a restart.
        - name: dagster-workspace-yaml
          mountPath: /dagster-workspace/
          readOnly: true
        {{- end }}
        {{- with $v.volumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: tmp
      emptyDir: {}
    - name: home
      emptyDir: {}
    - name: dagster-instance
      configMap:
        name: {{ include "rondel.fullname" $ }}-instance
    {{- if $code.enabled }}
    - name: dagster-workspace-yaml
      configMap:
        name: {{ include "rondel.workspaceConfigMap" $ }}
    {{- end }}
    {{- with $v.volumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with $v.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $v.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $v.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $v.schedulerName }}
  schedulerName: {{ . }}
  {{- end }}
{{- end -}}

{{/* The arguments that the webserver and the daemon share. */}}
{{- define "rondel.commonArgs" -}}
{{- $code := index .Values "dagster-user-deployments" -}}
{{- $args := list -}}
{{- if $code.enabled }}{{ $args = list "-w" "/dagster-workspace/workspace.yaml" }}{{ else }}{{ $args = list "--empty-workspace" }}{{ end -}}
{{- $discovered := include "rondel.discovered" . | fromJson -}}
{{- if $discovered.all -}}
{{- $args = append $args "--discover-services=*" -}}
{{- else if $discovered.names -}}
{{- $args = append $args (printf "--discover-services=%s" (join "," $discovered.names)) -}}
{{- end -}}
{{- dict "args" (concat $args (list "--log-format" .Values.rondel.logFormat)) | toJson -}}
{{- end -}}

{{/*
A probe as given. Helm lays a values file over the chart's own values, so that a probe of another kind comes with the
default's httpGet: the other kind counts. Pages lie below the path prefix.
*/}}
{{- define "rondel.probe" -}}
{{- $probe := omit .probe "enabled" -}}
{{- if or $probe.exec $probe.tcpSocket $probe.grpc -}}
{{- $probe = omit $probe "httpGet" -}}
{{- else if and .prefix $probe.httpGet (not (hasPrefix .prefix ($probe.httpGet.path | default ""))) -}}
{{- $get := merge (dict "path" (printf "%s%s" .prefix $probe.httpGet.path)) $probe.httpGet -}}
{{- $probe = merge (dict "httpGet" $get) (omit $probe "httpGet") -}}
{{- end -}}
{{- toYaml $probe -}}
{{- end -}}

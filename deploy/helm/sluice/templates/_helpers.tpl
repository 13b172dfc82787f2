{{- define "sluice.labels" -}}
app.kubernetes.io/name: sluice
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "sluice.moreLabels" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "sluice.apiUrl" -}}
http://{{ .Release.Name }}-server.{{ .Release.Namespace }}.svc:{{ .Values.server.service.port }}/api
{{- end }}

{{- define "sluice.secretEnv" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .from.name }}
      key: {{ .from.key }}
{{- end }}

{{/* What a worker's pod needs to find the server. */}}
{{- define "sluice.workerEnv" -}}
- name: SLUICE_HOME
  value: /home/sluice/home
- name: SLUICE_API_URL
  value: {{ include "sluice.apiUrl" .root }}
# Where the kubelet's probe finds it.
- name: SLUICE_WORKER_WEBSERVER_HOST
  value: 0.0.0.0
{{ include "sluice.secretEnv" (dict "name" "SLUICE_API_KEY" "from" .root.Values.secrets.apiKey) }}
{{- range $name, $value := .env }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{/*
A worker that hangs, or that its server refuses, is started again. Not soon: while the server is away a start helps nobody, and the pause
after several grows to 5 minutes. Without its server its runs are lost before that, when their leases end.
*/}}
{{- define "sluice.workerProbe" -}}
livenessProbe:
  httpGet: { path: /health, port: {{ dig "SLUICE_WORKER_WEBSERVER_PORT" 8080 (.env | default dict) | int }} }
  periodSeconds: 30
  timeoutSeconds: 5
  failureThreshold: 20
{{- end }}

{{/* What all pods have in common. */}}
{{- define "sluice.pod" -}}
# A service of this name would set SLUICE_SERVER_PORT, which is a setting.
enableServiceLinks: false
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - name: home
    emptyDir: {}
{{- end }}

{{- define "sluice.container" -}}
image: {{ required "image.repository: where the image of deploy/Dockerfile is" .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  capabilities: { drop: [ALL] }
volumeMounts:
  - name: home
    mountPath: /home/sluice/home
{{- end }}

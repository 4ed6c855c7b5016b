{{- define "snag.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{/* At most 38 characters, so that every suffix of ours still fits into 52. What is cut off leaves its hash. */}}
{{- define "snag.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name }}
{{- $full := .Values.fullnameOverride | default (contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name)) }}
{{- include "snag.short" (list $full 38) }}
{{- end }}

{{/* snag.short (list TEXT LENGTH) */}}
{{- define "snag.short" -}}
{{- $text := index . 0 }}{{ $length := index . 1 | int }}
{{- if gt (len $text) $length }}
{{- printf "%s-%s" ($text | trunc (int (sub $length 7)) | trimSuffix "-") ($text | sha256sum | trunc 6) }}
{{- else }}
{{- $text }}
{{- end }}
{{- end }}

{{/* snag.selector (list ROOT COMPONENT): never changes during a release's life. */}}
{{- define "snag.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ include "snag.name" $root }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* snag.labels (list ROOT COMPONENT) */}}
{{- define "snag.labels" -}}
{{- $root := index . 0 -}}
{{ include "snag.selector" . }}
app.kubernetes.io/part-of: snagwatch
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* snag.metadata (list ROOT NAME COMPONENT [LABELS] [ANNOTATIONS]): of an object that is no pod. */}}
{{- define "snag.metadata" -}}
{{- $root := index . 0 }}
{{- $more := concat (slice . 3) (list dict dict) }}
{{- $labels := index $more 0 }}
{{- $annotations := merge dict (index $more 1) $root.Values.commonAnnotations -}}
name: {{ index . 1 }}
namespace: {{ $root.Release.Namespace }}
labels:
  {{- include "snag.labels" (list $root (index . 2)) | nindent 2 }}
  {{- with $labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* snag.image (list IMAGE DEFAULT_TAG) */}}
{{- define "snag.image" -}}
{{- $image := index . 0 }}
{{- if $image.digest }}{{ $image.repository }}@{{ $image.digest }}
{{- else }}{{ $image.repository }}:{{ $image.tag | default (index . 1) }}
{{- end }}
{{- end }}

{{- define "snag.collectorImage" -}}
{{ include "snag.image" (list .Values.image (.Values.store.embedded | ternary (printf "%s-embedded" .Chart.AppVersion) .Chart.AppVersion)) }}
{{- end }}

{{- define "snag.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (.Values.serviceAccount.create | ternary (include "snag.fullname" .) "default") }}
{{- end }}

{{/* What every pod of ours has: nobody special, no token, no services in its environment (a Service named snag would be a
     setting SNAG_PORT), a seccomp profile. */}}
{{- define "snag.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* snag.podSecurity SECCOMP_PROFILE ("" is the runtime's default) */}}
{{- define "snag.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  {{- if . }}
  type: Localhost
  localhostProfile: {{ . }}
  {{- else }}
  type: RuntimeDefault
  {{- end }}
{{- end }}

{{- define "snag.containerSecurity" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* snag.placement (list VALUES ROOT COMPONENT): where a component's pods may run. */}}
{{- define "snag.placement" -}}
{{- $values := index . 0 -}}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $values.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
topologySpreadConstraints:
  {{- if $values.topologySpreadConstraints }}
  {{- toYaml $values.topologySpreadConstraints | nindent 2 }}
  {{- else }}
  {{- $selector := include "snag.selector" (list (index . 1) (index . 2)) }}
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- $selector | nindent 8 }}
  {{- end }}
  {{- end }}
{{- end }}

{{/* snag.podMetadata (list ROOT COMPONENT VALUES) */}}
{{- define "snag.podMetadata" -}}
{{- $root := index . 0 }}{{ $values := index . 2 -}}
labels:
  {{- include "snag.labels" (list $root (index . 1)) | nindent 2 }}
  {{- with $values.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- $checksum := dict }}
{{- if and $root.Values.files (has (index . 1) (list "collector" "chores")) }}
{{- $checksum = dict "checksum/files" ($root.Values.files | toJson | sha256sum) }}
{{- else if and $root.Values.synthetic.journeys.files (eq (index . 1) "synthetic") }}
{{- $checksum = dict "checksum/journeys" ($root.Values.synthetic.journeys.files | toJson | sha256sum) }}
{{- end }}
{{- with merge dict $checksum ($values.podAnnotations | default dict) $root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "snag.dsnEnv" -}}
{{- if not .Values.store.embedded }}
- name: SNAG_DSN
  valueFrom:
    secretKeyRef:
      name: {{ .Values.store.existingSecret | required "store.existingSecret names the Secret with the DSN of your ClickHouse; or try store.embedded=true" }}
      key: {{ .Values.store.existingSecretKey }}
{{- end }}
{{- end }}

{{/* snag.env (list ROOT SERVICE): what the collector and the chores have in common. */}}
{{- define "snag.env" -}}
{{- $root := index . 0 -}}
- name: SNAG_DATA_DIR
  value: /data
- name: SNAG_PRIVATE_HOST
  value: 0.0.0.0
- name: SNAG_PRIVATE_PORT
  value: "8801"
- name: HOME
  value: /tmp
{{- include "snag.dsnEnv" $root }}
{{- range $file, $setting := include "snag.known" $root | fromYaml }}
{{- if and (hasKey $root.Values.files $file) (not (hasKey $root.Values.settings $setting)) }}
- name: SNAG_{{ upper $setting }}
  value: /etc/snagwatch/{{ $file }}
{{- end }}
{{- end }}
{{- with $root.Values.contacts.requesterKeysSecret }}
- name: SNAG_REQUESTER_KEYS
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: keys
{{- end }}
{{- range $name, $value := $root.Values.settings }}
- name: SNAG_{{ upper $name }}
  value: {{ kindIs "float64" $value | ternary (int64 $value | toString) (toString $value) | quote }}
{{- end }}
{{- include "snag.otlpEnv" . }}
{{- end }}

{{- define "snag.otlpEnv" -}}
{{- $root := index . 0 -}}
{{- with $root.Values.otlp.endpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ . | quote }}
- name: OTEL_SERVICE_NAME
  value: {{ index $ 1 }}
{{- end }}
{{- end }}

{{/* Files that a setting is waiting for. */}}
{{- define "snag.known" -}}
apps.toml: apps_file
sources.toml: sources_file
performance.toml: performance_file
journeys.yaml: journeys_file
notify.toml: notify_file
{{- end }}

{{- define "snag.fileMounts" -}}
{{- if or .Values.files .Values.filesConfigMap }}
- name: files
  mountPath: /etc/snagwatch
  readOnly: true
{{- end }}
{{- if .Values.contacts.existingSecret }}
- name: contacts
  mountPath: /etc/snagwatch-secrets
  readOnly: true
{{- end }}
{{- end }}

{{- define "snag.fileVolumes" -}}
{{- if or .Values.files .Values.filesConfigMap }}
- name: files
  configMap:
    name: {{ .Values.filesConfigMap | default (printf "%s-files" (include "snag.fullname" .)) }}
{{- end }}
{{- with .Values.contacts.existingSecret }}
- name: contacts
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- end }}

{{- define "snag.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{/* At most 38 characters, so that every suffix of ours still fits into 52. A name that is cut ends with its hash. */}}
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

{{/* snag.selector (list ROOT COMPONENT): does not change during a release's life. */}}
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

{{/* snag.metadata (list ROOT NAME COMPONENT [LABELS] [ANNOTATIONS] [NAMESPACE]): of an object other than a pod. */}}
{{- define "snag.metadata" -}}
{{- $root := index . 0 }}
{{- $more := slice (concat (slice . 3) (slice (list dict dict "") (sub (len .) 3 | int))) 0 3 }}
{{- $labels := index $more 0 }}
{{- $annotations := merge dict (index $more 1) $root.Values.commonAnnotations -}}
name: {{ index . 1 }}
namespace: {{ index $more 2 | default $root.Release.Namespace }}
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

{{/* snag.image (list ROOT IMAGE DEFAULT_TAG) */}}
{{- define "snag.image" -}}
{{- $image := index . 1 }}
{{- include "snag.registry" (index . 0) }}
{{- if $image.digest }}{{ $image.repository }}@{{ $image.digest }}
{{- else }}{{ $image.repository }}:{{ $image.tag | default (index . 2) }}
{{- end }}
{{- end }}

{{- define "snag.registry" -}}
{{- with .Values.global.imageRegistry }}{{ trimSuffix "/" . }}/{{ end }}
{{- end }}

{{- define "snag.collectorImage" -}}
{{ include "snag.image" (list . .Values.image (.Values.store.embedded | ternary (printf "%s-embedded" .Chart.AppVersion) .Chart.AppVersion)) }}
{{- end }}

{{- define "snag.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (.Values.serviceAccount.create | ternary (include "snag.fullname" .) "default") }}
{{- end }}

{{/* Fields of every pod: no token, no Services in its environment (a Service named snag would be the setting SNAG_PORT). */}}
{{- define "snag.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with concat (.Values.global.imagePullSecrets | default list) .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ kindIs "string" . | ternary . (get (kindIs "map" . | ternary . dict) "name") }}
  {{- end }}
{{- end }}
{{- end }}

{{/* snag.podSecurity (list ROOT SECCOMP_PROFILE): "" is the profile of the values. OpenShift chooses user and groups itself. */}}
{{- define "snag.podSecurity" -}}
{{- $root := index . 0 }}
{{- $context := deepCopy $root.Values.podSecurityContext }}
{{- if $root.Capabilities.APIVersions.Has "security.openshift.io/v1" }}
{{- $context = omit $context "runAsUser" "runAsGroup" "fsGroup" }}
{{- end }}
{{- with index . 1 }}
{{- $_ := set $context "seccompProfile" (dict "type" "Localhost" "localhostProfile" .) }}
{{- end }}
{{- toYaml $context }}
{{- end }}

{{- define "snag.containerSecurity" -}}
{{- toYaml .Values.securityContext }}
{{- end }}

{{/* snag.probe (list PATH PORT SETTINGS) */}}
{{- define "snag.probe" -}}
{{- toYaml (merge (dict "httpGet" (dict "path" (index . 0) "port" (index . 1))) (index . 2)) }}
{{- end }}

{{/* snag.families ROOT: IP families of a Service. */}}
{{- define "snag.families" -}}
{{- with .Values.service.ipFamilyPolicy }}
ipFamilyPolicy: {{ . }}
{{- end }}
{{- with .Values.service.ipFamilies }}
ipFamilies:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* snag.secretVersions (list ROOT NAMES): versions of Secrets as the cluster has them now, so that an upgrade restarts pods
     whose Secret was changed. Empty without a cluster. */}}
{{- define "snag.secretVersions" -}}
{{- $root := index . 0 }}
{{- range index . 1 | compact | uniq | sortAlpha }}
{{- with lookup "v1" "Secret" $root.Release.Namespace . }}
{{- .metadata.name }}:{{ .metadata.resourceVersion }};
{{- end }}
{{- end }}
{{- end }}

{{/* snag.dayBytes ROOT: bytes on disk that one session a day needs, as `snag plan` counts them: ten events, each kept as long
     as the settings say. */}}
{{- define "snag.dayBytes" -}}
{{- $days := dict "keep_experience_days" 90 "keep_performance_days" 30 "keep_rollups_days" 760 | merge (deepCopy .Values.settings) }}
{{- $kept := addf (mulf 0.6 ($days.keep_experience_days | float64)) (mulf 0.4 ($days.keep_performance_days | float64)) }}
{{- mulf 10 (addf (mulf 50.5 $kept) (mulf 10 ($days.keep_rollups_days | float64))) | ceil | int64 }}
{{- end }}

{{/* snag.bytes QUANTITY */}}
{{- define "snag.bytes" -}}
{{- $unit := regexFind "[kMGTPE]i?$" . }}
{{- $base := hasSuffix "i" $unit | ternary 1024 1000 }}
{{- $bytes := trimSuffix $unit . | float64 }}
{{- range until (index (dict "" 0 "k" 1 "K" 1 "M" 2 "G" 3 "T" 4 "P" 5 "E" 6) (trimSuffix "i" $unit) | int) }}
{{- $bytes = mulf $bytes $base }}
{{- end }}
{{- $bytes | int64 }}
{{- end }}

{{/* snag.pagesSecret ROOT: the Secret with the password of the pages; empty: a proxy logs people in. */}}
{{- define "snag.pagesSecret" -}}
{{- if .Values.pages.existingSecret }}
{{- .Values.pages.existingSecret }}
{{- else if not .Values.settings.pages_user_header }}
{{- include "snag.fullname" . }}-pages
{{- end }}
{{- end }}

{{/* snag.placement (list VALUES ROOT COMPONENT): where and how a component's pods are scheduled. */}}
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
{{- with $values.schedulerName }}
schedulerName: {{ . }}
{{- end }}
{{- with $values.hostAliases }}
hostAliases:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.dnsPolicy }}
dnsPolicy: {{ . }}
{{- end }}
{{- with $values.dnsConfig }}
dnsConfig:
  {{- toYaml . | nindent 2 }}
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
{{- $secrets := list }}
{{- if has (index . 1) (list "collector" "chores") }}
{{- $secrets = list $root.Values.contacts.existingSecret $root.Values.contacts.requesterKeysSecret (include "snag.pagesSecret" $root) $root.Values.sql.existingSecret }}
{{- if not $root.Values.store.embedded }}
{{- $secrets = append $secrets $root.Values.store.existingSecret }}
{{- end }}
{{- else if eq (index . 1) "synthetic" }}
{{- $secrets = list $root.Values.synthetic.existingSecret }}
{{- end }}
{{- with include "snag.secretVersions" (list $root $secrets) }}
{{- $checksum = set $checksum "checksum/secrets" (sha256sum .) }}
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

{{/* snag.env (list ROOT SERVICE): environment that collectors and jobs share. */}}
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

{{/* Files that a setting uses automatically. */}}
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

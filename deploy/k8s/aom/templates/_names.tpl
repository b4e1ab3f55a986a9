{{/* Names and labels. Every service is called <release>-<service>, or <release>-aom-<service> unless the release's
     name says aom already. */}}
{{- define "aom.base" -}}
{{- if contains "aom" .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-aom" .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* The services: ports by name, and whether its members have ordinals. */}}
{{- define "aom.services" -}}
gateway: {stateful: false, ports: {http: 8080, otlp-http: 4318, otlp-grpc: 4317}}
ingest: {stateful: false, ports: {http: 8081}}
metrics: {stateful: true, ports: {http: 8082}}
log: {stateful: true, ports: {http: 8083}}
topology: {stateful: true, ports: {http: 8084}}
alarm: {stateful: true, ports: {http: 8085}}
{{- end -}}

{{/* Labels that select the pods of .service; they never change. */}}
{{- define "aom.selector" -}}
app.kubernetes.io/name: aom
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .service }}
{{- end -}}

{{/* All labels of an object; .service may be missing. */}}
{{- define "aom.labels" -}}
app.kubernetes.io/name: aom
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .service }}
app.kubernetes.io/component: {{ . }}
{{- end }}
app.kubernetes.io/part-of: aom
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | quote }}
{{- end -}}

{{- define "aom.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "aom.base" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "aom.identitySecret" -}}
{{- .Values.identity.existingSecret | default (printf "%s-identity" (include "aom.base" .)) -}}
{{- end -}}

{{- define "aom.keysSecret" -}}
{{- .Values.keys.existingSecret | default (printf "%s-keys" (include "aom.base" .)) -}}
{{- end -}}

{{/* The image of .service. */}}
{{- define "aom.image" -}}
{{- $image := (get .root.Values .service).image -}}
{{- $name := $image.repository -}}
{{- with .root.Values.image.registry }}{{ $name = printf "%s/%s" . $name }}{{ end -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $name $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name ($image.tag | default .root.Values.image.tag | default .root.Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{/* How many members .service has: as many in each replica group. */}}
{{- define "aom.members" -}}
{{- $values := get .root.Values .service -}}
{{- mul (int $values.replicas) (int ($values.replicaGroups | default 1)) -}}
{{- end -}}

{{/* Base addresses of the members of .service, by ordinal; nothing if there is one member. */}}
{{- define "aom.peers" -}}
{{- $root := .root -}}
{{- $service := .service -}}
{{- $port := .port -}}
{{- $members := int (include "aom.members" .) -}}
{{- if gt $members 1 -}}
{{- $name := printf "%s-%s" (include "aom.base" $root) $service -}}
{{- $peers := list -}}
{{- range $i := until $members -}}
{{- $peers = append $peers (printf "http://%s-%d.%s-members.%s.svc:%d" $name $i $name $root.Release.Namespace (int $port)) -}}
{{- end -}}
{{- join "," $peers -}}
{{- end -}}
{{- end -}}

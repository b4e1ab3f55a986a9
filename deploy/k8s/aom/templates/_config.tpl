{{/* The settings of all services, by their own names; a service ignores what it does not know. */}}
{{- define "aom.config" -}}
{{- $base := include "aom.base" . -}}
server:
  address: 0.0.0.0
logging:
  structured:
    format:
      console: ecs
aom:
  kafka:
    bootstrap-servers: {{ .Values.kafka.bootstrapServers | quote }}
    partitions: {{ .Values.kafka.partitions }}
    replication-factor: {{ .Values.kafka.replicationFactor }}
  opensearch:
    urls:
      {{- toYaml .Values.opensearch.urls | nindent 6 }}
    replicas: {{ .Values.opensearch.replicas }}
  services:
    {{- range $service, $spec := omit (include "aom.services" . | fromYaml) "gateway" }}
    {{ $service }}: http://{{ $base }}-{{ $service }}:{{ $spec.ports.http }}
    {{- end }}
  gateway:
    otlp-http-port: 4318
    otlp-grpc-port: 4317
    admin-key-file: /etc/aom/keys/admin.key
    internal-key-file: /etc/aom/keys/internal.key
  alarm:
    external-url: {{ .Values.externalUrl | quote }}
    {{- with .Values.webhooks.allowedNetworks }}
    webhook:
      allowed-networks:
        {{- toYaml . | nindent 8 }}
    {{- end }}
{{- end -}}

{{/* The one place that says how a service runs: a StatefulSet if its members have ordinals, a Deployment otherwise. */}}
{{- define "aom.workload" -}}
{{- $root := .root -}}
{{- $service := .service -}}
{{- $spec := .spec -}}
{{- $values := get $root.Values $service -}}
{{- $name := printf "%s-%s" (include "aom.base" $root) $service -}}
{{- $autoscaled := and (hasKey $values "autoscaling") (dig "autoscaling" "enabled" false $values) -}}
apiVersion: apps/v1
kind: {{ ternary "StatefulSet" "Deployment" $spec.stateful }}
metadata:
  name: {{ $name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "aom.labels" (dict "root" $root "service" $service) | nindent 4 }}
spec:
  {{- if not $autoscaled }}
  replicas: {{ include "aom.members" . }}
  {{- end }}
  revisionHistoryLimit: 3
  selector:
    matchLabels:
      {{- include "aom.selector" . | nindent 6 }}
  {{- if $spec.stateful }}
  serviceName: {{ $name }}-members
  # Members do not wait for each other when they start: each owns its own share. They are updated one after the other,
  # over all replica groups.
  podManagementPolicy: Parallel
  updateStrategy:
    type: RollingUpdate
  {{- else }}
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
  {{- end }}
  template:
    metadata:
      labels:
        {{- include "aom.labels" (dict "root" $root "service" $service) | nindent 8 }}
      annotations:
        checksum/config: {{ include "aom.config" $root | sha256sum }}
        {{- with $root.Values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ include "aom.serviceAccount" $root }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ $root.Values.terminationGracePeriodSeconds }}
      securityContext:
        runAsNonRoot: true
        runAsUser: 65532
        runAsGroup: 65532
        fsGroup: 65532
        seccompProfile:
          type: RuntimeDefault
      {{- with $root.Values.image.pullSecrets }}
      imagePullSecrets:
        {{- range . }}
        - name: {{ . }}
        {{- end }}
      {{- end }}
      {{- with $root.Values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- with $root.Values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $root.Values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      topologySpreadConstraints:
        {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
        - topologyKey: {{ . }}
          maxSkew: 1
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "aom.selector" (dict "root" $root "service" $service) | nindent 14 }}
        {{- end }}
      containers:
        - name: {{ $service }}
          image: {{ include "aom.image" . }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
          ports:
            {{- range $port, $number := $spec.ports }}
            - name: {{ $port }}
              containerPort: {{ $number }}
              protocol: TCP
            {{- end }}
          env:
            - name: SPRING_CONFIG_ADDITIONALLOCATION
              value: file:/etc/aom/config/
            - name: AOM_IDENTITY_SECRET
              valueFrom:
                secretKeyRef:
                  name: {{ include "aom.identitySecret" $root }}
                  key: {{ $root.Values.identity.secretKey }}
            {{- with $root.Values.opensearch.existingSecret }}
            - name: AOM_OPENSEARCH_USERNAME
              valueFrom:
                secretKeyRef:
                  name: {{ . }}
                  key: {{ $root.Values.opensearch.usernameKey }}
            - name: AOM_OPENSEARCH_PASSWORD
              valueFrom:
                secretKeyRef:
                  name: {{ . }}
                  key: {{ $root.Values.opensearch.passwordKey }}
            {{- end }}
            {{- if $spec.stateful }}
            - name: AOM_MEMBER_ORDINAL
              valueFrom:
                fieldRef:
                  fieldPath: metadata.labels['apps.kubernetes.io/pod-index']
            - name: AOM_MEMBER_COUNT
              value: {{ include "aom.members" . | quote }}
            {{- with $values.replicaGroups }}
            - name: AOM_MEMBER_GROUPS
              value: {{ . | quote }}
            {{- end }}
            {{- with include "aom.peers" (dict "root" $root "service" $service "port" $spec.ports.http) }}
            - name: AOM_MEMBER_PEERS
              value: {{ . | quote }}
            {{- end }}
            {{- end }}
            {{- with $values.env }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          {{- with $values.resources }}
          resources:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          startupProbe:
            httpGet: {path: /actuator/health/liveness, port: http}
            {{- toYaml $values.probes.startup | nindent 12 }}
          livenessProbe:
            httpGet: {path: /actuator/health/liveness, port: http}
            {{- toYaml $values.probes.liveness | nindent 12 }}
          readinessProbe:
            httpGet: {path: /actuator/health/readiness, port: http}
            {{- toYaml $values.probes.readiness | nindent 12 }}
          lifecycle:
            preStop:
              # Until every load balancer has heard that this pod is leaving.
              exec: {command: [sleep, "5"]}
          volumeMounts:
            - {name: config, mountPath: /etc/aom/config, readOnly: true}
            {{- if eq $service "gateway" }}
            - {name: keys, mountPath: /etc/aom/keys, readOnly: true}
            {{- end }}
            - {name: tmp, mountPath: /tmp}
      volumes:
        - name: config
          configMap:
            name: {{ include "aom.base" $root }}
        {{- if eq $service "gateway" }}
        - name: keys
          secret:
            secretName: {{ include "aom.keysSecret" $root }}
            defaultMode: 0440
            items:
              - {key: {{ $root.Values.keys.adminKey }}, path: admin.key}
              - {key: {{ $root.Values.keys.internalKey }}, path: internal.key}
        {{- end }}
        - name: tmp
          emptyDir:
            sizeLimit: 256Mi
{{- end -}}

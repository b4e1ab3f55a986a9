package io.aom.alarm.evaluation;

import io.aom.alarm.notify.Outbox;
import io.aom.alarm.store.AlarmStore;
import io.aom.opensearch.documents.DocumentStore;

/** Where evaluation keeps what it finds. */
public record EvaluationStores(
    AlarmStore alarms,
    Outbox outbox,
    DocumentStore<FenceDocument> fences,
    DocumentStore<ProgressDocument> progress) {}

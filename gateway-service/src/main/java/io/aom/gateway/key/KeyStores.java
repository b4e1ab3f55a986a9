package io.aom.gateway.key;

import io.aom.opensearch.documents.DocumentStore;

/** The documents behind keys and tenants. */
public record KeyStores(
    DocumentStore<KeyRecord> keys,
    DocumentStore<TenantRecord> tenants,
    DocumentStore<KeyUse> uses) {}

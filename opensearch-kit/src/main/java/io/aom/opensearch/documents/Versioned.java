package io.aom.opensearch.documents;

/** A document as it was read or written, with the version to give back when changing it. */
public record Versioned<T>(String id, T value, DocumentVersion version) {}

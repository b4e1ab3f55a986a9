package io.aom.blockstore;

import java.time.Duration;

/**
 * Keeps some of a tenant's rows for less than the others. Of several rules the first that a row
 * satisfies holds, also if it keeps the row for longer than a later one would.
 *
 * @param name what people call it
 * @param selector which rows, in the words of the signal
 * @param kept how long, as rows and in every tier; nobody keeps rows for longer by it
 */
public record RetentionRule(String name, String selector, Duration kept) {}

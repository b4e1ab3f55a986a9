package io.aom.alarm.notify;

import java.time.Duration;

/**
 * How long a receiver is tried.
 *
 * @param firstRetry wait after the first failed attempt; it doubles with each further one
 * @param longestRetry bound of that wait
 * @param giveUpAfter age at which a notification is abandoned
 */
public record DeliveryLimits(Duration firstRetry, Duration longestRetry, Duration giveUpAfter) {}

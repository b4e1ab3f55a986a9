package io.aom.alarm;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the alarm service.
 *
 * @param externalUrl where people reach AOM; links in notifications start with it
 */
@ConfigurationProperties("aom.alarm")
record AlarmProperties(
    @DefaultValue("http://127.0.0.1:8080") URI externalUrl,
    @DefaultValue Evaluation evaluation,
    @DefaultValue Webhook webhook) {

  /**
   * How rules are evaluated.
   *
   * @param settle how long after a tick it is evaluated first, so that what was sent before the
   *     tick has arrived
   * @param catchUp how old a missed tick may be to be evaluated still
   * @param maxSeries most series of one condition, hence alarms of one rule
   * @param concurrency most questions to metrics-service at a time
   * @param timeout bound on one question; it has to fit the rule's interval, or 10 s
   * @param refresh how often the rules are read again; a change made through this member is seen at
   *     once
   */
  record Evaluation(
      @DefaultValue("500ms") Duration settle,
      @DefaultValue("1h") Duration catchUp,
      @DefaultValue("1000") int maxSeries,
      @DefaultValue("8") int concurrency,
      @DefaultValue("2m") Duration timeout,
      @DefaultValue("5s") Duration refresh) {}

  /**
   * How webhooks are called.
   *
   * @param allowedNetworks networks that may be called although they are not public, as {@code
   *     10.0.0.0/8}; loopback, link-local, private and other special addresses are denied otherwise
   * @param loopbackPorts ports of this machine's loopback that may be called, for a receiver that
   *     runs beside AOM; never name one of AOM's own or of its stores
   * @param timeout bound on one call
   * @param firstRetry wait after a failed call; it doubles with each further one
   * @param longestRetry bound of that wait
   * @param giveUpAfter age at which a notification is abandoned
   */
  record Webhook(
      @DefaultValue List<String> allowedNetworks,
      @DefaultValue Set<Integer> loopbackPorts,
      @DefaultValue("10s") Duration timeout,
      @DefaultValue("1s") Duration firstRetry,
      @DefaultValue("1m") Duration longestRetry,
      @DefaultValue("24h") Duration giveUpAfter) {}
}

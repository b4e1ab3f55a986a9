package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.blockstore.Retention.Said;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.telemetry.TenantId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Parts go a day after the rules of their tenant keep nothing in them, and no others. */
class ExpiredPartsTest {
  private static final TenantId BLUE = new TenantId("blue");
  private static final TenantId RED = new TenantId("red");
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final long START = Instant.parse("2026-11-23T22:00:00Z").toEpochMilli();
  private static final RetentionRule DEBUG = rule("debug", 3);

  /** Both tenants say the same. */
  private static final List<Said> BOTH =
      Stream.of(RED, BLUE)
          .map(tenant -> new Said(tenant, tier -> Duration.ofDays(30), List.of(DEBUG)))
          .toList();

  private final MemoryCatalogue catalogue = new MemoryCatalogue();
  private final ExpiredParts expired =
      new ExpiredParts(
          catalogue,
          List.of(),
          tier -> Duration.ofDays(30),
          new WordFormat().expiry().orElseThrow());
  private int blocks;

  private static RetentionRule rule(String selector, int days) {
    return new RetentionRule(selector, selector, Duration.ofDays(days));
  }

  private void store(TenantId tenant, long timeMillis, String... words) {
    store(tenant, timeMillis, 0, words);
  }

  private void store(TenantId tenant, long timeMillis, int moreBytes, String... words) {
    ByteBuffer times = ByteBuffer.allocate(words.length * 8 + moreBytes);
    for (int i = 0; i < words.length; i++) {
      times.putLong(timeMillis);
    }
    BlockId id = new BlockId("topic", 0, blocks++);
    List<BlockPart> parts =
        List.of(
            new BlockPart(
                tenant,
                timeMillis,
                timeMillis,
                words.length,
                List.of(words),
                Map.of(
                    "times",
                    times.array(),
                    "words",
                    String.join(",", words).getBytes(StandardCharsets.UTF_8))));
    catalogue.storeParts(id, 1, "layout", parts);
    catalogue.createManifest(
        new Manifest(
            id,
            id.firstOffset(),
            "layout",
            1,
            words.length,
            Map.of(),
            List.of(),
            HeadSegment.NO_CARRY,
            timeMillis));
    catalogue.publish(parts);
  }

  private List<Long> hoursLeft(TenantId tenant) {
    List<Long> hours = new ArrayList<>();
    for (FoundPart part :
        catalogue.find(
            new BlockQuery(tenant, 0, Long.MAX_VALUE, TermExpression.ALL, Held.NOTHING, false))) {
      hours.add((part.endMillis() - START) / HOUR);
    }
    return hours;
  }

  private void look(long nowMillis, RetentionRule... rules) {
    Said said = new Said(BLUE, tier -> Duration.ofDays(30), List.of(rules));
    while (expired.removeSome(List.of(said), nowMillis)) {
      // There are more.
    }
  }

  /**
   * As the words expire, but for parts that cannot be looked at.
   *
   * @param failing throws for those
   */
  /** Fails for the part of the first hour. */
  private static void isMistaken(FoundPart part, Map<String, byte[]> columns) {
    if (part.endMillis() == START) {
      throw new IllegalStateException("a mistake of ours");
    }
  }

  private ExpiredParts expiring(BiConsumer<FoundPart, Map<String, byte[]>> failing) {
    PartExpiry words = new WordFormat().expiry().orElseThrow();
    return new ExpiredParts(
        catalogue,
        List.of(),
        tier -> Duration.ofDays(30),
        new PartExpiry() {
          @Override
          public List<String> columns() {
            return words.columns();
          }

          @Override
          public TermExpression candidates(List<RetentionRule> rules) {
            return words.candidates(rules);
          }

          @Override
          public boolean expired(FoundPart part, Map<String, byte[]> columns, Removal removal) {
            failing.accept(part, columns);
            return words.expired(part, columns, removal);
          }
        });
  }

  @Test
  void partsGoADayAfterTheirRulesKeepNothingOfThem() {
    for (int hour = 0; hour < 48; hour += 12) {
      store(BLUE, START + hour * HOUR, "debug" + hour, "debug");
      store(BLUE, START + hour * HOUR, "debug", "info");
      store(RED, START + hour * HOUR, "debug");
    }
    look(START + 4 * DAY, DEBUG);
    assertThat(hoursLeft(BLUE)).containsExactly(0L, 0L, 12L, 12L, 24L, 24L, 36L, 36L);
    for (int hour = 1; hour <= 30; hour++) {
      look(START + 4 * DAY + hour * HOUR, DEBUG);
    }
    assertThat(hoursLeft(BLUE)).containsExactly(0L, 12L, 24L, 36L, 36L);
    assertThat(hoursLeft(RED)).hasSize(4);
    assertThat(expired.rows()).isEqualTo(6);
  }

  @Test
  void aCorruptPartStaysAndKeepsNoOtherFromGoing() {
    store(BLUE, START, "debug.corrupt");
    store(BLUE, START, "debug");
    store(BLUE, START + HOUR, "debug");
    ExpiredParts parts =
        expiring(
            (part, columns) -> {
              if (new String(columns.get("words"), StandardCharsets.UTF_8).endsWith("corrupt")) {
                throw new CorruptPartException(part, new IllegalArgumentException("checksum"));
              }
            });
    Said said = new Said(BLUE, tier -> Duration.ofDays(30), List.of(DEBUG));
    while (parts.removeSome(List.of(said), START + 5 * DAY)) {
      // There are more.
    }

    assertThat(hoursLeft(BLUE)).containsExactly(0L);
    assertThat(parts.rows()).isEqualTo(2);
    assertThat(parts.corrupt()).isEqualTo(1);
  }

  @Test
  void aTenantWhosePartsCannotBeLookedAtKeepsNoOtherFromItsTurn() {
    store(RED, START, "debug");
    store(BLUE, START + HOUR, "debug");
    ExpiredParts parts = expiring(ExpiredPartsTest::isMistaken);

    assertThatThrownBy(() -> parts.removeSome(BOTH, START + 5 * DAY))
        .hasMessage("a mistake of ours");
    assertThat(hoursLeft(RED)).containsExactly(0L);
    assertThat(hoursLeft(BLUE)).isEmpty();
  }

  @Test
  void oneAnswerThatDoesNotComeEndsTheRoundAndTheNextBeginsWithTheOthers() {
    store(RED, START, "debug");
    store(BLUE, START + HOUR, "debug");
    List<Long> lookedAt = new ArrayList<>();
    ExpiredParts parts =
        expiring(
            (part, columns) -> {
              lookedAt.add((part.endMillis() - START) / HOUR);
              if (part.endMillis() == START) {
                throw new StoreUnavailableException(
                    "away",
                    new OpenSearchUnavailableException("away", new IOException("no answer")));
              }
            });

    assertThatThrownBy(() -> parts.removeSome(BOTH, START + 5 * DAY)).hasNoSuppressedExceptions();
    assertThat(lookedAt).containsExactly(0L);
    assertThatThrownBy(() -> parts.removeSome(BOTH, START + 5 * DAY)).hasMessage("away");
    assertThat(lookedAt).containsExactly(0L, 1L, 0L);
    assertThat(hoursLeft(BLUE)).isEmpty();
  }

  @Test
  void aTenantWhosePartsFailAndTakeUpTheRoundIsNotFirstInTheNext() {
    for (int i = 0; i < ExpiredParts.MOST_PARTS; i++) {
      store(RED, START, "debug");
    }
    store(BLUE, START + HOUR, "debug");
    ExpiredParts parts = expiring(ExpiredPartsTest::isMistaken);

    assertThatThrownBy(() -> parts.removeSome(BOTH, START + 5 * DAY))
        .hasMessage("a mistake of ours");
    assertThat(hoursLeft(BLUE)).containsExactly(1L);
    assertThatThrownBy(() -> parts.removeSome(BOTH, START + 5 * DAY))
        .hasMessage("a mistake of ours");
    assertThat(hoursLeft(BLUE)).isEmpty();
  }

  /** An answer is in memory as a whole. */
  @Test
  void largePartsAreFetchedFewAtATime() {
    for (int i = 0; i < 6; i++) {
      store(BLUE, START, (int) (ExpiredParts.FETCH_BYTES * 2 / 5), "debug");
    }
    look(START + 5 * DAY, DEBUG);

    assertThat(hoursLeft(BLUE)).isEmpty();
    assertThat(catalogue.mostFetched()).isEqualTo(2);
  }

  @Test
  void theFirstRuleThatRowsSatisfyHolds() {
    store(BLUE, START, "debug.audit");
    store(BLUE, START, "debug.trace");
    store(BLUE, START, "debug.trace", "info");
    look(START + 10 * DAY, rule("debug.audit", 20), DEBUG, rule("debug.trace", 15));

    assertThat(hoursLeft(BLUE)).hasSize(2);
    look(START + 21 * DAY + 1, rule("debug.audit", 20), DEBUG, rule("info", 5));
    assertThat(hoursLeft(BLUE)).isEmpty();
  }

  @Test
  void newRulesAreForAllThatIsThere() {
    store(BLUE, START, "debug");
    store(BLUE, START + DAY, "trace");
    look(START + 10 * DAY, rule("nothing", 1));
    assertThat(hoursLeft(BLUE)).hasSize(2);
    look(START + 10 * DAY, rule("nothing", 1), rule("trace", 1));
    assertThat(hoursLeft(BLUE)).containsExactly(0L);
    look(START + 10 * DAY);
    look(START + 10 * DAY, DEBUG);
    assertThat(hoursLeft(BLUE)).isEmpty();
  }
}

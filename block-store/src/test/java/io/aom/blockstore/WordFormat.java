package io.aom.blockstore;

import io.aom.telemetry.TenantId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The smallest signal: a record is {@code time:word,word,…}, a row is a word. It has all that the
 * store must cope with: several tenants and days in a segment, and records that do not decode.
 */
final class WordFormat implements BlockFormat<WordFormat.Words> {
  record Row(String tenant, long timeMillis, String word) {}

  /** A tier of the same rows once more. */
  static final String AGAIN = "again";

  private static final int MERGED_SIZE = 10;

  private final int partSize;

  /** Gets what is saved besides a block. */
  Consumer<Words> besides = segment -> {};

  WordFormat() {
    this(3);
  }

  WordFormat(int partSize) {
    this.partSize = partSize;
  }

  static final class Words implements HeadSegment {
    private final long rowsBefore;
    private volatile List<Row> rows = List.of();

    Words(long rowsBefore) {
      this.rowsBefore = rowsBefore;
    }

    /** Rows of the partition in all segments before this one. */
    long rowsBefore() {
      return rowsBefore;
    }

    @Override
    public byte[] carry() {
      return ByteBuffer.allocate(Long.BYTES).putLong(rowsBefore + rows.size()).array();
    }

    @Override
    public int append(HeadRecord record) throws MalformedRecordException {
      String text = new String(record.value(), StandardCharsets.UTF_8);
      int colon = text.indexOf(':');
      if (colon < 0) {
        throw new MalformedRecordException("no colon in " + text);
      }
      long time = Long.parseLong(text.substring(0, colon));
      List<Row> more = new ArrayList<>(rows);
      String[] words = text.substring(colon + 1).split(",");
      Arrays.stream(words).forEach(w -> more.add(new Row(record.tenant().value(), time, w)));
      rows = List.copyOf(more);
      return words.length;
    }

    @Override
    public long rows() {
      return rows.size();
    }

    @Override
    public long sizeBytes() {
      return rows.size() * 100L;
    }

    List<Row> all() {
      return rows;
    }
  }

  @Override
  public String signal() {
    return "words";
  }

  @Override
  public String topic() {
    return "test.words";
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public List<String> columns() {
    return List.of("times", "words");
  }

  @Override
  public Words newSegment(int partition) {
    return new Words(0);
  }

  @Override
  public Words newSegment(int partition, byte[] carry) {
    return new Words(carry.length == 0 ? 0 : ByteBuffer.wrap(carry).getLong());
  }

  @Override
  public void saveBesides(Words segment) {
    besides.accept(segment);
  }

  @Override
  public List<BlockPart> seal(Words segment) {
    Map<String, List<Row>> groups = new TreeMap<>();
    for (Row row : segment.all()) {
      groups
          .computeIfAbsent(
              row.tenant() + " " + BlockPart.day(row.timeMillis()), key -> new ArrayList<>())
          .add(row);
    }
    List<BlockPart> parts = new ArrayList<>();
    for (List<Row> group : groups.values()) {
      group.sort(Comparator.comparingLong(Row::timeMillis));
      for (int from = 0; from < group.size(); from += partSize) {
        parts.add(part(group.subList(from, Math.min(group.size(), from + partSize))));
      }
    }
    return parts;
  }

  @Override
  public List<String> tiers() {
    return List.of(AGAIN);
  }

  /** Puts the words of all blocks into larger parts, by time; and into those of a tier as well. */
  @Override
  public Optional<PartMerger> merger() {
    return Optional.of(
        new PartMerger() {
          @Override
          public long merge(
              TenantId tenant,
              List<List<FoundPart>> blocks,
              Columns columns,
              Removal removal,
              Consumer<BlockPart> merged) {
            List<Row> rows = new ArrayList<>();
            for (List<FoundPart> parts : blocks) {
              Map<FoundPart, Map<String, byte[]>> fetched = columns.fetch(parts, columns());
              parts.forEach(part -> rows.addAll(decode(tenant.value(), fetched.get(part))));
            }
            int before = rows.size();
            rows.removeIf(row -> expired(row.word(), row.timeMillis(), removal));
            rows.sort(Comparator.comparingLong(Row::timeMillis));
            for (int from = 0; from < rows.size(); from += MERGED_SIZE) {
              List<Row> some = rows.subList(from, Math.min(rows.size(), from + MERGED_SIZE));
              merged.accept(part(some, BlockPart.AS_RECEIVED));
              merged.accept(part(some, AGAIN));
            }
            return before - rows.size();
          }

          @Override
          public List<String> tiers() {
            return List.of(AGAIN);
          }
        });
  }

  /** A rule's selector is how words begin. */
  static boolean expired(String word, long timeMillis, Removal removal) {
    for (RetentionRule rule : removal.rules()) {
      if (word.startsWith(rule.selector())) {
        return timeMillis < removal.asOfMillis() - rule.kept().toMillis();
      }
    }
    return false;
  }

  @Override
  public Optional<PartExpiry> expiry() {
    return Optional.of(
        new PartExpiry() {
          @Override
          public List<String> columns() {
            return List.of("words", "times");
          }

          @Override
          public TermExpression candidates(List<RetentionRule> rules) {
            return new TermExpression.Or(
                rules.stream()
                    .<TermExpression>map(rule -> new TermExpression.Prefix(rule.selector()))
                    .toList());
          }

          @Override
          public boolean expired(FoundPart part, Map<String, byte[]> columns, Removal removal) {
            return decode("", columns).stream()
                .allMatch(row -> WordFormat.expired(row.word(), part.endMillis(), removal));
          }
        });
  }

  private static BlockPart part(List<Row> rows) {
    return part(rows, BlockPart.AS_RECEIVED);
  }

  private static BlockPart part(List<Row> rows, String tier) {
    ByteBuffer times = ByteBuffer.allocate(rows.size() * 8);
    rows.forEach(row -> times.putLong(row.timeMillis()));
    Map<String, byte[]> columns = new LinkedHashMap<>();
    columns.put("times", times.array());
    columns.put(
        "words",
        String.join(",", rows.stream().map(Row::word).toList()).getBytes(StandardCharsets.UTF_8));
    return new BlockPart(
        new TenantId(rows.getFirst().tenant()),
        rows.getFirst().timeMillis(),
        rows.getLast().timeMillis(),
        rows.size(),
        rows.stream().map(Row::word).distinct().toList(),
        columns,
        tier);
  }

  static List<Row> decode(String tenant, Map<String, byte[]> columns) {
    ByteBuffer times = ByteBuffer.wrap(columns.get("times"));
    List<Row> rows = new ArrayList<>();
    for (String word : new String(columns.get("words"), StandardCharsets.UTF_8).split(",")) {
      rows.add(new Row(tenant, times.getLong(), word));
    }
    return rows;
  }
}

package io.aom.metrics.query;

import io.aom.metrics.promql.SeriesSet;
import io.aom.metrics.retention.SeriesCuts;
import io.aom.metrics.series.IntTuples;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.RollupColumns;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.SeriesPart;
import io.aom.metrics.series.SymbolTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The series of several parts brought together, the oldest part first: where two have a sample at
 * one time, the later part wins. Label sets are compared as numbers of texts that are the same for
 * all parts; a text that nobody asks for never becomes a {@link String}.
 */
public final class SelectedSeries implements SeriesSet {
  private static final int NONE = -1;
  private static final long UNKNOWN = Long.MAX_VALUE;

  private final SymbolTable texts = new SymbolTable();
  private final IntTuples labelSets = new IntTuples();
  private final List<SeriesPart> parts = new ArrayList<>();
  private final IntConsumer onDecoded;
  private final SeriesCuts cuts;
  private final @Nullable Stitching stitching;
  private final long leastLookbackMillis;

  /** Numbers of names that were asked for. */
  private final Map<String, Integer> names = new HashMap<>();

  // Where the samples of a series are: first and last of its pieces, and of a piece the next one.
  private int[] firstPiece = new int[64];
  private int[] lastPiece = new int[64];
  private int[] nextPiece = new int[64];
  private int[] pieceOf = new int[64];
  private int[] partOf = new int[64];
  private int pieces;

  /** Series below this have a piece. */
  private int begun;

  /** From when on samples of a series count, as far as it was asked. */
  private long[] froms = {};

  private int[] symbols = new int[64];
  private SampleColumns samples = new SampleColumns();
  private final SampleColumns piece = new SampleColumns();

  /**
   * @param onDecoded gets the number of samples whenever some were decoded
   */
  public SelectedSeries(IntConsumer onDecoded) {
    this(onDecoded, SeriesCuts.NONE, null, 0);
  }

  /**
   * @param cuts what is left out of samples and rollups
   * @param stitching of parts that are rolled up; null if none is
   */
  SelectedSeries(
      IntConsumer onDecoded,
      SeriesCuts cuts,
      @Nullable Stitching stitching,
      long leastLookbackMillis) {
    this.onDecoded = onDecoded;
    this.cuts = cuts;
    this.stitching = stitching;
    this.leastLookbackMillis = leastLookbackMillis;
  }

  /** Adds a part that is newer than those before. */
  public void add(SeriesPart part) {
    if (part.size() == 0) {
      return;
    }
    names.clear();
    int number = parts.size();
    parts.add(part);
    int[] known = new int[part.symbols()];
    Arrays.fill(known, NONE);
    reservePieces(pieces + part.size());
    for (int i = 0; i < part.size(); i++) {
      int length = part.labelCount(i) * 2;
      if (length > symbols.length) {
        symbols = new int[length * 2];
      }
      int[] tuple = symbols;
      part.labels(i, tuple);
      for (int at = 0; at < length; at++) {
        int own = tuple[at];
        if (known[own] == NONE) {
          known[own] = part.addTo(texts, own);
        }
        tuple[at] = known[own];
      }
      addPiece(labelSets.add(tuple, length), number, i);
    }
  }

  private void reservePieces(int count) {
    if (count > partOf.length) {
      int capacity = Math.max(count, partOf.length * 2);
      nextPiece = Arrays.copyOf(nextPiece, capacity);
      pieceOf = Arrays.copyOf(pieceOf, capacity);
      partOf = Arrays.copyOf(partOf, capacity);
    }
  }

  private void addPiece(int series, int part, int numberInPart) {
    partOf[pieces] = part;
    pieceOf[pieces] = numberInPart;
    nextPiece[pieces] = NONE;
    if (series == firstPiece.length) {
      firstPiece = Arrays.copyOf(firstPiece, series * 2);
      lastPiece = Arrays.copyOf(lastPiece, series * 2);
    }
    if (series == begun) {
      firstPiece[series] = pieces;
      begun++;
    } else {
      nextPiece[lastPiece[series]] = pieces;
    }
    lastPiece[series] = pieces++;
  }

  @Override
  public int size() {
    return labelSets.size();
  }

  @Override
  public Labels labels(int series) {
    return labels(labelSets, series);
  }

  private Labels labels(IntTuples of, int number) {
    int from = of.from(number);
    String[] pairs = new String[of.to(number) - from];
    int[] ints = of.ints();
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = texts.text(ints[from + i]);
    }
    return Labels.ofCanonical(pairs);
  }

  @Override
  public String label(int series, String name) {
    int symbol = names.computeIfAbsent(name, texts::find);
    if (symbol < 0) {
      return "";
    }
    int[] ints = labelSets.ints();
    int to = labelSets.to(series);
    for (int i = labelSets.from(series); i < to; i += 2) {
      if (ints[i] == symbol) {
        return texts.text(ints[i + 1]);
      }
    }
    return "";
  }

  @Override
  public SampleColumns samples(int series) {
    samples.clear();
    int at = firstPiece[series];
    parts.get(partOf[at]).samples(pieceOf[at], samples);
    for (at = nextPiece[at]; at != NONE; at = nextPiece[at]) {
      piece.clear();
      parts.get(partOf[at]).samples(pieceOf[at], piece);
      if (samples.isEmpty()
          || piece.isEmpty()
          || samples.time(samples.size() - 1) < piece.time(0)) {
        samples.appendAll(piece, 0, piece.size());
      } else {
        SampleColumns merged = SampleColumns.merge(samples, piece);
        samples = merged == piece ? piece.copy() : merged;
      }
    }
    onDecoded.accept(samples.size());
    long from = from(series);
    return from == SeriesCuts.ALL
        ? samples
        : samples.slice(samples.firstAfter(from - 1), samples.size());
  }

  /** From when on samples of a series count; found out once. */
  private long from(int series) {
    if (cuts == SeriesCuts.NONE) {
      return SeriesCuts.ALL;
    }
    if (series >= froms.length) {
      int known = froms.length;
      froms = Arrays.copyOf(froms, Math.max(size(), 64));
      Arrays.fill(froms, known, froms.length, UNKNOWN);
    }
    if (froms[series] == UNKNOWN) {
      froms[series] = cuts.fromMillis(name -> label(series, name));
    }
    return froms[series];
  }

  @Override
  public @Nullable RollupColumns rollup(int series) {
    if (stitching == null || !isRolledUp(series)) {
      return null;
    }
    SampleColumns raw = samples(series);
    if (raw.hasHistograms()) {
      throw new RollupsUnfitException("a series of floats and of histograms");
    }
    RollupColumns stretches = stitching.stretches();
    for (int at = firstPiece[series]; at != NONE; at = nextPiece[at]) {
      parts.get(partOf[at]).stretches(pieceOf[at], stretches);
    }
    onDecoded.accept(stretches.size());
    return stitching.stitch(series, raw, from(series));
  }

  private boolean isRolledUp(int series) {
    for (int at = firstPiece[series]; at != NONE; at = nextPiece[at]) {
      if (parts.get(partOf[at]).isRolledUp()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public long leastLookbackMillis() {
    return leastLookbackMillis;
  }

  @Override
  public Grouping group(List<String> names, boolean without) {
    byte[] listed = new byte[texts.size()];
    for (String name : names) {
      mark(name, listed);
    }
    if (without) {
      mark(Labels.NAME, listed);
    }
    int wanted = without ? 0 : 1;
    IntTuples groups = new IntTuples();
    int[] groupOf = new int[size()];
    int[] key = new int[symbols.length];
    int[] ints = labelSets.ints();
    for (int series = 0; series < groupOf.length; series++) {
      int length = 0;
      int to = labelSets.to(series);
      for (int i = labelSets.from(series); i < to; i += 2) {
        if (listed[ints[i]] == wanted) {
          key[length++] = ints[i];
          key[length++] = ints[i + 1];
        }
      }
      groupOf[series] = groups.add(key, length);
    }
    List<Labels> labels = new ArrayList<>(groups.size());
    for (int i = 0; i < groups.size(); i++) {
      labels.add(labels(groups, i));
    }
    return new Grouping(groupOf, labels);
  }

  private void mark(String name, byte[] listed) {
    int symbol = texts.find(name);
    if (symbol >= 0) {
      listed[symbol] = 1;
    }
  }

  /** Heap that is held for the series, without what they share with heads. */
  long sizeBytes() {
    long bytes = texts.sizeBytes() + labelSets.sizeBytes();
    for (SeriesPart part : parts) {
      bytes += part.sizeBytes();
    }
    return bytes + 8L * firstPiece.length + 12L * partOf.length + 8L * froms.length;
  }
}

package io.aom.telemetry.remotewrite;

/**
 * Field numbers of {@code io.prometheus.write.v2.Request}
 * (https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/), the value of the metrics topic.
 */
public final class RemoteWriteV2 {
  private RemoteWriteV2() {}

  public static final class Request {
    /** Strings; number 0 is the empty one. */
    public static final int SYMBOLS = 4;

    public static final int TIME_SERIES = 5;

    private Request() {}
  }

  public static final class TimeSeries {
    /** Packed pairs of symbol numbers, sorted by name. */
    public static final int LABELS_REFS = 1;

    public static final int SAMPLES = 2;
    public static final int HISTOGRAMS = 3;
    public static final int EXEMPLARS = 4;
    public static final int METADATA = 5;

    /** Release candidates before rc.4; later ones have it in each sample. */
    public static final int CREATED_TIMESTAMP = 6;

    private TimeSeries() {}
  }

  public static final class Sample {
    public static final int VALUE = 1;

    /** Epoch milliseconds. */
    public static final int TIMESTAMP = 2;

    /** Epoch milliseconds at which the counter began; absent if unknown. */
    public static final int START_TIMESTAMP = 3;

    private Sample() {}
  }

  public static final class Exemplar {
    public static final int LABELS_REFS = 1;
    public static final int VALUE = 2;
    public static final int TIMESTAMP = 3;

    private Exemplar() {}
  }

  public static final class Metadata {
    public static final int TYPE = 1;
    public static final int HELP_REF = 3;
    public static final int UNIT_REF = 4;

    public static final int TYPE_UNSPECIFIED = 0;
    public static final int TYPE_COUNTER = 1;
    public static final int TYPE_GAUGE = 2;
    public static final int TYPE_HISTOGRAM = 3;
    public static final int TYPE_GAUGE_HISTOGRAM = 4;
    public static final int TYPE_SUMMARY = 5;
    public static final int TYPE_INFO = 6;

    private Metadata() {}
  }

  /** A native histogram; the same in remote write 1.0. */
  public static final class Histogram {
    public static final int COUNT_INT = 1;
    public static final int COUNT_FLOAT = 2;
    public static final int SUM = 3;
    public static final int SCHEMA = 4;
    public static final int ZERO_THRESHOLD = 5;
    public static final int ZERO_COUNT_INT = 6;
    public static final int ZERO_COUNT_FLOAT = 7;
    public static final int NEGATIVE_SPANS = 8;
    public static final int NEGATIVE_DELTAS = 9;
    public static final int NEGATIVE_COUNTS = 10;
    public static final int POSITIVE_SPANS = 11;
    public static final int POSITIVE_DELTAS = 12;
    public static final int POSITIVE_COUNTS = 13;
    public static final int RESET_HINT = 14;
    public static final int RESET_HINT_GAUGE = 3;
    public static final int TIMESTAMP = 15;
    public static final int CUSTOM_VALUES = 16;
    public static final int START_TIMESTAMP = 17;

    /** The coarsest schema of exponential buckets. */
    public static final int SCHEMA_COARSEST = -4;

    /** The finest one that is taken; those beyond 8 are read as 8. */
    public static final int SCHEMA_FINEST = 52;

    /** The schema of buckets with bounds of their own. */
    public static final int SCHEMA_CUSTOM_BUCKETS = -53;

    /**
     * Buckets of one sign that are taken, and so have to be readable; Prometheus's client keeps to
     * 160.
     */
    public static final int MOST_BUCKETS = 1 << 16;

    private Histogram() {}
  }

  public static final class BucketSpan {
    public static final int OFFSET = 1;
    public static final int LENGTH = 2;

    private BucketSpan() {}
  }
}

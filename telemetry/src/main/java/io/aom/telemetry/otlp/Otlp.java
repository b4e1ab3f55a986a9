package io.aom.telemetry.otlp;

/**
 * Field numbers of OTLP (https://opentelemetry.io/docs/specs/otlp/, protocol 1.x). Requests of all
 * signals nest alike, so {@link Envelope} serves logs, traces and metrics.
 */
public final class Otlp {
  private Otlp() {}

  /** Request: resources; resource: itself and its scopes; scope: itself and its records. */
  public static final class Envelope {
    /** In the request: {@code resource_logs}, {@code resource_spans}, {@code resource_metrics}. */
    public static final int RESOURCES = 1;

    /** In one of these: the resource. */
    public static final int RESOURCE = 1;

    /** In one of these: {@code scope_logs}, {@code scope_spans}, {@code scope_metrics}. */
    public static final int SCOPES = 2;

    /** In one of these: the scope. */
    public static final int SCOPE = 1;

    /** In one of these: {@code log_records}, {@code spans}, {@code metrics}. */
    public static final int RECORDS = 2;

    public static final int SCHEMA_URL = 3;

    private Envelope() {}
  }

  public static final class Resource {
    public static final int ATTRIBUTES = 1;
    public static final int DROPPED_ATTRIBUTES_COUNT = 2;

    private Resource() {}
  }

  public static final class Scope {
    public static final int NAME = 1;
    public static final int VERSION = 2;
    public static final int ATTRIBUTES = 3;

    private Scope() {}
  }

  public static final class KeyValue {
    public static final int KEY = 1;
    public static final int VALUE = 2;

    private KeyValue() {}
  }

  public static final class AnyValue {
    public static final int STRING = 1;
    public static final int BOOL = 2;
    public static final int INT = 3;
    public static final int DOUBLE = 4;
    public static final int ARRAY = 5;
    public static final int KEY_VALUES = 6;
    public static final int BYTES = 7;

    /** In {@code ArrayValue} and {@code KeyValueList}. */
    public static final int VALUES = 1;

    private AnyValue() {}
  }

  public static final class LogRecord {
    public static final int TIME_UNIX_NANO = 1;
    public static final int SEVERITY_NUMBER = 2;
    public static final int SEVERITY_TEXT = 3;
    public static final int BODY = 5;
    public static final int ATTRIBUTES = 6;
    public static final int DROPPED_ATTRIBUTES_COUNT = 7;
    public static final int FLAGS = 8;
    public static final int TRACE_ID = 9;
    public static final int SPAN_ID = 10;
    public static final int OBSERVED_TIME_UNIX_NANO = 11;
    public static final int EVENT_NAME = 12;

    private LogRecord() {}
  }

  public static final class Span {
    public static final int TRACE_ID = 1;
    public static final int SPAN_ID = 2;
    public static final int TRACE_STATE = 3;
    public static final int PARENT_SPAN_ID = 4;
    public static final int NAME = 5;
    public static final int KIND = 6;
    public static final int START_TIME_UNIX_NANO = 7;
    public static final int END_TIME_UNIX_NANO = 8;
    public static final int ATTRIBUTES = 9;
    public static final int DROPPED_ATTRIBUTES_COUNT = 10;
    public static final int EVENTS = 11;
    public static final int DROPPED_EVENTS_COUNT = 12;
    public static final int LINKS = 13;
    public static final int DROPPED_LINKS_COUNT = 14;
    public static final int STATUS = 15;
    public static final int FLAGS = 16;

    private Span() {}
  }

  public static final class SpanEvent {
    public static final int TIME_UNIX_NANO = 1;
    public static final int NAME = 2;
    public static final int ATTRIBUTES = 3;
    public static final int DROPPED_ATTRIBUTES_COUNT = 4;

    private SpanEvent() {}
  }

  public static final class SpanLink {
    public static final int TRACE_ID = 1;
    public static final int SPAN_ID = 2;
    public static final int TRACE_STATE = 3;
    public static final int ATTRIBUTES = 4;
    public static final int DROPPED_ATTRIBUTES_COUNT = 5;
    public static final int FLAGS = 6;

    private SpanLink() {}
  }

  public static final class Status {
    public static final int MESSAGE = 2;
    public static final int CODE = 3;

    private Status() {}
  }

  public static final class Metric {
    public static final int NAME = 1;
    public static final int DESCRIPTION = 2;
    public static final int UNIT = 3;
    public static final int GAUGE = 5;
    public static final int SUM = 7;
    public static final int HISTOGRAM = 9;
    public static final int EXPONENTIAL_HISTOGRAM = 10;
    public static final int SUMMARY = 11;
    public static final int METADATA = 12;

    /** In each kind of data. */
    public static final int DATA_POINTS = 1;

    /** In sums and histograms. */
    public static final int AGGREGATION_TEMPORALITY = 2;

    public static final int SUM_IS_MONOTONIC = 3;

    public static final int TEMPORALITY_DELTA = 1;
    public static final int TEMPORALITY_CUMULATIVE = 2;

    private Metric() {}
  }

  public static final class NumberDataPoint {
    public static final int START_TIME_UNIX_NANO = 2;
    public static final int TIME_UNIX_NANO = 3;
    public static final int AS_DOUBLE = 4;
    public static final int EXEMPLARS = 5;
    public static final int AS_INT = 6;
    public static final int ATTRIBUTES = 7;
    public static final int FLAGS = 8;

    private NumberDataPoint() {}
  }

  public static final class HistogramDataPoint {
    public static final int START_TIME_UNIX_NANO = 2;
    public static final int TIME_UNIX_NANO = 3;
    public static final int COUNT = 4;
    public static final int SUM = 5;
    public static final int BUCKET_COUNTS = 6;
    public static final int EXPLICIT_BOUNDS = 7;
    public static final int EXEMPLARS = 8;
    public static final int ATTRIBUTES = 9;
    public static final int FLAGS = 10;
    public static final int MIN = 11;
    public static final int MAX = 12;

    private HistogramDataPoint() {}
  }

  public static final class ExponentialHistogramDataPoint {
    public static final int ATTRIBUTES = 1;
    public static final int START_TIME_UNIX_NANO = 2;
    public static final int TIME_UNIX_NANO = 3;
    public static final int COUNT = 4;
    public static final int SUM = 5;
    public static final int SCALE = 6;
    public static final int ZERO_COUNT = 7;
    public static final int POSITIVE = 8;
    public static final int NEGATIVE = 9;
    public static final int FLAGS = 10;
    public static final int EXEMPLARS = 11;
    public static final int MIN = 12;
    public static final int MAX = 13;
    public static final int ZERO_THRESHOLD = 14;

    public static final int BUCKETS_OFFSET = 1;
    public static final int BUCKETS_COUNTS = 2;

    private ExponentialHistogramDataPoint() {}
  }

  public static final class SummaryDataPoint {
    public static final int START_TIME_UNIX_NANO = 2;
    public static final int TIME_UNIX_NANO = 3;
    public static final int COUNT = 4;
    public static final int SUM = 5;
    public static final int QUANTILE_VALUES = 6;
    public static final int ATTRIBUTES = 7;
    public static final int FLAGS = 8;

    public static final int QUANTILE = 1;
    public static final int QUANTILE_VALUE = 2;

    private SummaryDataPoint() {}
  }

  public static final class Exemplar {
    public static final int TIME_UNIX_NANO = 2;
    public static final int AS_DOUBLE = 3;
    public static final int SPAN_ID = 4;
    public static final int TRACE_ID = 5;
    public static final int AS_INT = 6;
    public static final int FILTERED_ATTRIBUTES = 7;

    private Exemplar() {}
  }

  /** {@code Export<Signal>ServiceResponse} and its {@code Export<Signal>PartialSuccess}. */
  public static final class Response {
    public static final int PARTIAL_SUCCESS = 1;
    public static final int REJECTED = 1;
    public static final int ERROR_MESSAGE = 2;

    private Response() {}
  }

  /** Bit of a data point's flags: no value was recorded, so the series is stale. */
  public static final int FLAG_NO_RECORDED_VALUE = 1;
}

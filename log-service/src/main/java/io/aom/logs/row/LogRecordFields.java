package io.aom.logs.row;

/** Field numbers of OTLP's {@code LogRecord} (opentelemetry/proto/logs/v1/logs.proto). */
public final class LogRecordFields {
  public static final int TIME = 1;
  public static final int SEVERITY_NUMBER = 2;
  public static final int SEVERITY_TEXT = 3;
  public static final int BODY = 5;
  public static final int ATTRIBUTES = 6;
  public static final int FLAGS = 8;
  public static final int TRACE_ID = 9;
  public static final int SPAN_ID = 10;
  public static final int OBSERVED_TIME = 11;

  private LogRecordFields() {}
}

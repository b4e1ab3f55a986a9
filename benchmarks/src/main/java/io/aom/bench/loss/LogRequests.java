package io.aom.bench.loss;

import io.aom.telemetry.otlp.Otlp;
import io.aom.telemetry.otlp.OtlpFields;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.SplittableRandom;

/**
 * OTLP log records. Each holds the word of the run and that of its request, by which a lost or
 * doubled request is found again.
 *
 * @param endMillis time of the last record; the records lie evenly before it
 */
record LogRequests(String run, long wanted, long endMillis) implements Requests {
  static final int PER_REQUEST = 500;
  static final long SPAN_MILLIS = 600_000;
  private static final int RESOURCES = 40;
  private static final int ERROR = 17;
  private static final int INFO = 9;

  @Override
  public String signal() {
    return "logs";
  }

  @Override
  public String path() {
    return "/v1/logs";
  }

  @Override
  public int itemsPerRequest() {
    return PER_REQUEST;
  }

  /** The word that all records of one request hold and no other does. */
  String word(int number) {
    return run + "r" + number;
  }

  @Override
  public byte[] body(int number) {
    var random = new SplittableRandom(number);
    var writer = new ProtoWriter(1 << 18);
    int resources = writer.begin(Otlp.Envelope.RESOURCES);
    int resource = writer.begin(Otlp.Envelope.RESOURCE);
    OtlpFields.attribute(
        writer, Otlp.Resource.ATTRIBUTES, "service.name", "shop-" + number % RESOURCES);
    OtlpFields.attribute(
        writer, Otlp.Resource.ATTRIBUTES, "host.name", "node-" + number % RESOURCES % 7);
    writer.end(resource);
    int scope = writer.begin(Otlp.Envelope.SCOPES);
    long startNanos = (endMillis - SPAN_MILLIS) * 1_000_000;
    for (int i = 0; i < PER_REQUEST; i++) {
      int record = writer.begin(Otlp.Envelope.RECORDS);
      long index = (long) number * PER_REQUEST + i;
      writer.fixed64(
          Otlp.LogRecord.TIME_UNIX_NANO, startNanos + index * (SPAN_MILLIS * 1_000_000 / items()));
      writer.varint(Otlp.LogRecord.SEVERITY_NUMBER, random.nextInt(10) == 0 ? ERROR : INFO);
      int body = writer.begin(Otlp.LogRecord.BODY);
      writer.string(
          Otlp.AnyValue.STRING,
          "order "
              + random.nextInt(1_000_000)
              + " of customer "
              + random.nextInt(10_000)
              + " accepted in "
              + random.nextInt(1_000)
              + " ms, run "
              + run
              + " request "
              + word(number)
              + " record "
              + i);
      writer.end(body);
      writer.end(record);
    }
    writer.end(scope);
    writer.end(resources);
    return writer.toByteArray();
  }
}

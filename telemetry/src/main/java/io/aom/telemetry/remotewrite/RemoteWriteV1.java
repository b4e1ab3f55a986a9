package io.aom.telemetry.remotewrite;

/**
 * Field numbers of {@code prometheus.WriteRequest}
 * (https://prometheus.io/docs/specs/prw/remote_write_spec/). Histograms have the numbers of {@link
 * RemoteWriteV2.Histogram}.
 */
public final class RemoteWriteV1 {
  private RemoteWriteV1() {}

  public static final class Request {
    public static final int TIME_SERIES = 1;
    public static final int METADATA = 3;

    private Request() {}
  }

  public static final class TimeSeries {
    public static final int LABELS = 1;
    public static final int SAMPLES = 2;
    public static final int EXEMPLARS = 3;
    public static final int HISTOGRAMS = 4;

    private TimeSeries() {}
  }

  public static final class Label {
    public static final int NAME = 1;
    public static final int VALUE = 2;

    private Label() {}
  }

  /** {@code value} is a double, {@code timestamp} epoch milliseconds. */
  public static final class Sample {
    public static final int VALUE = 1;
    public static final int TIMESTAMP = 2;

    private Sample() {}
  }

  public static final class Exemplar {
    public static final int LABELS = 1;
    public static final int VALUE = 2;
    public static final int TIMESTAMP = 3;

    private Exemplar() {}
  }

  public static final class Metadata {
    public static final int TYPE = 1;
    public static final int FAMILY = 2;
    public static final int HELP = 4;
    public static final int UNIT = 5;

    private Metadata() {}
  }
}

package io.aom.ingest.remotewrite;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Remote write messages as protobuf-java reads and writes them, from the published definitions. */
public final class PrometheusMessages {
  private static final FileDescriptor FILE = file();

  private PrometheusMessages() {}

  /** A series in words: its labels by name, and what it holds. */
  public record Series(
      Map<String, String> labels,
      List<Sample> samples,
      List<DynamicMessage> histograms,
      List<Example> exemplars,
      Meta metadata) {}

  public record Sample(long valueBits, long timeMillis, long startMillis) {
    public static Sample of(double value, long timeMillis) {
      return new Sample(Double.doubleToRawLongBits(value), timeMillis, 0);
    }
  }

  public record Example(Map<String, String> labels, double value, long timeMillis) {}

  public record Meta(int type, String help, String unit) {
    public static final Meta NONE = new Meta(0, "", "");
  }

  public static Series series(Map<String, String> labels, Sample... samples) {
    return new Series(labels, List.of(samples), List.of(), List.of(), Meta.NONE);
  }

  /** A native histogram with two positive buckets. */
  public static DynamicMessage histogram(long timeMillis) {
    Descriptor type = type("Histogram");
    Descriptor span = type("BucketSpan");
    return DynamicMessage.newBuilder(type)
        .setField(field(type, "count_int"), 7L)
        .setField(field(type, "sum"), 12.5)
        .setField(field(type, "schema"), 3)
        .setField(field(type, "timestamp"), timeMillis)
        .addRepeatedField(
            field(type, "positive_spans"),
            DynamicMessage.newBuilder(span)
                .setField(field(span, "offset"), -4)
                .setField(field(span, "length"), 2)
                .build())
        .addRepeatedField(field(type, "positive_deltas"), 3L)
        .addRepeatedField(field(type, "positive_deltas"), 1L)
        .build();
  }

  /** A 1.0 request with the labels in the order of the maps. */
  public static byte[] firstVersion(List<Series> all) {
    Descriptor request = type("WriteRequest");
    DynamicMessage.Builder builder = DynamicMessage.newBuilder(request);
    for (Series series : all) {
      Descriptor type = type("TimeSeries");
      DynamicMessage.Builder one = DynamicMessage.newBuilder(type);
      series
          .labels()
          .forEach(
              (name, value) -> one.addRepeatedField(field(type, "labels"), label(name, value)));
      for (Sample sample : series.samples()) {
        one.addRepeatedField(field(type, "samples"), sample(sample));
      }
      for (DynamicMessage histogram : series.histograms()) {
        one.addRepeatedField(field(type, "histograms"), histogram);
      }
      for (Example example : series.exemplars()) {
        Descriptor exemplar = type("Exemplar");
        DynamicMessage.Builder e = DynamicMessage.newBuilder(exemplar);
        example
            .labels()
            .forEach(
                (name, value) -> e.addRepeatedField(field(exemplar, "labels"), label(name, value)));
        e.setField(field(exemplar, "value"), example.value());
        e.setField(field(exemplar, "timestamp"), example.timeMillis());
        one.addRepeatedField(field(type, "exemplars"), e.build());
      }
      builder.addRepeatedField(field(request, "timeseries"), one.build());
    }
    return builder.build().toByteArray();
  }

  /** A 1.0 request that only describes a metric family. */
  public static byte[] metadata(String family, int metricType, String help, String unit) {
    Descriptor request = type("WriteRequest");
    Descriptor type = type("MetricMetadata");
    return DynamicMessage.newBuilder(request)
        .addRepeatedField(
            field(request, "metadata"),
            DynamicMessage.newBuilder(type)
                .setField(field(type, "type"), metricType)
                .setField(field(type, "metric_family_name"), family)
                .setField(field(type, "help"), help)
                .setField(field(type, "unit"), unit)
                .build())
        .build()
        .toByteArray();
  }

  /** A 2.0 request. */
  public static byte[] secondVersion(List<Series> all) {
    Map<String, Integer> symbols = new LinkedHashMap<>();
    symbols.put("", 0);
    Descriptor request = type("RequestV2");
    Descriptor type = type("TimeSeriesV2");
    DynamicMessage.Builder builder = DynamicMessage.newBuilder(request);
    for (Series series : all) {
      DynamicMessage.Builder one = DynamicMessage.newBuilder(type);
      addRefs(one, field(type, "labels_refs"), series.labels(), symbols);
      for (Sample sample : series.samples()) {
        one.addRepeatedField(field(type, "samples"), sample(sample));
      }
      for (DynamicMessage histogram : series.histograms()) {
        one.addRepeatedField(field(type, "histograms"), histogram);
      }
      for (Example example : series.exemplars()) {
        Descriptor exemplar = type("ExemplarV2");
        DynamicMessage.Builder e = DynamicMessage.newBuilder(exemplar);
        addRefs(e, field(exemplar, "labels_refs"), example.labels(), symbols);
        e.setField(field(exemplar, "value"), example.value());
        e.setField(field(exemplar, "timestamp"), example.timeMillis());
        one.addRepeatedField(field(type, "exemplars"), e.build());
      }
      if (!series.metadata().equals(Meta.NONE)) {
        Descriptor meta = type("MetadataV2");
        one.setField(
            field(type, "metadata"),
            DynamicMessage.newBuilder(meta)
                .setField(field(meta, "type"), series.metadata().type())
                .setField(field(meta, "help_ref"), symbol(series.metadata().help(), symbols))
                .setField(field(meta, "unit_ref"), symbol(series.metadata().unit(), symbols))
                .build());
      }
      builder.addRepeatedField(field(request, "timeseries"), one.build());
    }
    symbols.keySet().forEach(text -> builder.addRepeatedField(field(request, "symbols"), text));
    return builder.build().toByteArray();
  }

  /** Reads a 2.0 request with protobuf-java. */
  public static List<Series> readSecondVersion(byte[] bytes) {
    try {
      DynamicMessage request = DynamicMessage.parseFrom(type("RequestV2"), bytes);
      Descriptor type = type("TimeSeriesV2");
      List<?> symbols = (List<?>) request.getField(field(type("RequestV2"), "symbols"));
      if (!symbols.getFirst().equals("")) {
        throw new AssertionError("symbol 0: " + symbols.getFirst());
      }
      List<Series> all = new ArrayList<>();
      for (Object each : (List<?>) request.getField(field(type("RequestV2"), "timeseries"))) {
        DynamicMessage one = (DynamicMessage) each;
        List<Sample> samples = new ArrayList<>();
        for (Object sample : (List<?>) one.getField(field(type, "samples"))) {
          samples.add(readSample((DynamicMessage) sample));
        }
        List<DynamicMessage> histograms = new ArrayList<>();
        for (Object histogram : (List<?>) one.getField(field(type, "histograms"))) {
          histograms.add((DynamicMessage) histogram);
        }
        List<Example> exemplars = new ArrayList<>();
        Descriptor exemplarType = type("ExemplarV2");
        for (Object exemplar : (List<?>) one.getField(field(type, "exemplars"))) {
          DynamicMessage e = (DynamicMessage) exemplar;
          exemplars.add(
              new Example(
                  readRefs(e, field(exemplarType, "labels_refs"), symbols),
                  (Double) e.getField(field(exemplarType, "value")),
                  (Long) e.getField(field(exemplarType, "timestamp"))));
        }
        Meta meta = Meta.NONE;
        if (one.hasField(field(type, "metadata"))) {
          DynamicMessage m = (DynamicMessage) one.getField(field(type, "metadata"));
          Descriptor metaType = type("MetadataV2");
          meta =
              new Meta(
                  (Integer) m.getField(field(metaType, "type")),
                  (String) symbols.get((Integer) m.getField(field(metaType, "help_ref"))),
                  (String) symbols.get((Integer) m.getField(field(metaType, "unit_ref"))));
        }
        all.add(
            new Series(
                readRefs(one, field(type, "labels_refs"), symbols),
                samples,
                histograms,
                exemplars,
                meta));
      }
      return all;
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static Sample readSample(DynamicMessage sample) {
    Descriptor type = type("Sample");
    return new Sample(
        Double.doubleToRawLongBits((Double) sample.getField(field(type, "value"))),
        (Long) sample.getField(field(type, "timestamp")),
        (Long) sample.getField(field(type, "start_timestamp")));
  }

  private static Map<String, String> readRefs(
      DynamicMessage message, FieldDescriptor refs, List<?> symbols) {
    List<?> numbers = (List<?>) message.getField(refs);
    Map<String, String> labels = new LinkedHashMap<>();
    String last = "";
    for (int i = 0; i < numbers.size(); i += 2) {
      String name = (String) symbols.get((Integer) numbers.get(i));
      labels.put(name, (String) symbols.get((Integer) numbers.get(i + 1)));
      last = name;
    }
    if (!new TreeMap<>(labels).keySet().stream().toList().equals(labels.keySet().stream().toList())
        && last.chars().allMatch(c -> c < 128)) {
      throw new AssertionError("not sorted: " + labels);
    }
    return labels;
  }

  private static void addRefs(
      DynamicMessage.Builder to,
      FieldDescriptor refs,
      Map<String, String> labels,
      Map<String, Integer> symbols) {
    labels.forEach(
        (name, value) -> {
          to.addRepeatedField(refs, symbol(name, symbols));
          to.addRepeatedField(refs, symbol(value, symbols));
        });
  }

  private static int symbol(String text, Map<String, Integer> symbols) {
    return symbols.computeIfAbsent(text, t -> symbols.size());
  }

  private static DynamicMessage label(String name, String value) {
    Descriptor type = type("Label");
    return DynamicMessage.newBuilder(type)
        .setField(field(type, "name"), name)
        .setField(field(type, "value"), value)
        .build();
  }

  private static DynamicMessage sample(Sample sample) {
    Descriptor type = type("Sample");
    DynamicMessage.Builder builder =
        DynamicMessage.newBuilder(type)
            .setField(field(type, "value"), Double.longBitsToDouble(sample.valueBits()))
            .setField(field(type, "timestamp"), sample.timeMillis());
    if (sample.startMillis() != 0) {
      builder.setField(field(type, "start_timestamp"), sample.startMillis());
    }
    return builder.build();
  }

  private static Descriptor type(String name) {
    return FILE.findMessageTypeByName(name);
  }

  private static FieldDescriptor field(Descriptor type, String name) {
    return type.findFieldByName(name);
  }

  private static FileDescriptor file() {
    FileDescriptorProto.Builder file =
        FileDescriptorProto.newBuilder().setName("remote.proto").setSyntax("proto3");
    message(file, "Label", "name:1:string", "value:2:string");
    message(file, "Sample", "value:1:double", "timestamp:2:int64", "start_timestamp:3:int64");
    message(file, "Exemplar", "labels:1:*Label", "value:2:double", "timestamp:3:int64");
    message(file, "BucketSpan", "offset:1:sint32", "length:2:uint32");
    message(
        file,
        "Histogram",
        "count_int:1:uint64",
        "count_float:2:double",
        "sum:3:double",
        "schema:4:sint32",
        "zero_threshold:5:double",
        "zero_count_int:6:uint64",
        "zero_count_float:7:double",
        "negative_spans:8:*BucketSpan",
        "negative_deltas:9:*sint64",
        "negative_counts:10:*double",
        "positive_spans:11:*BucketSpan",
        "positive_deltas:12:*sint64",
        "positive_counts:13:*double",
        "reset_hint:14:int32",
        "timestamp:15:int64",
        "custom_values:16:*double",
        "start_timestamp:17:int64");
    message(
        file,
        "TimeSeries",
        "labels:1:*Label",
        "samples:2:*Sample",
        "exemplars:3:*Exemplar",
        "histograms:4:*Histogram");
    message(
        file,
        "MetricMetadata",
        "type:1:int32",
        "metric_family_name:2:string",
        "help:4:string",
        "unit:5:string");
    message(file, "WriteRequest", "timeseries:1:*TimeSeries", "metadata:3:*MetricMetadata");
    message(file, "ExemplarV2", "labels_refs:1:*uint32", "value:2:double", "timestamp:3:int64");
    message(file, "MetadataV2", "type:1:int32", "help_ref:3:uint32", "unit_ref:4:uint32");
    message(
        file,
        "TimeSeriesV2",
        "labels_refs:1:*uint32",
        "samples:2:*Sample",
        "histograms:3:*Histogram",
        "exemplars:4:*ExemplarV2",
        "metadata:5:MetadataV2",
        "created_timestamp:6:int64");
    message(file, "RequestV2", "symbols:4:*string", "timeseries:5:*TimeSeriesV2");
    try {
      return FileDescriptor.buildFrom(file.build(), new FileDescriptor[0]);
    } catch (DescriptorValidationException e) {
      throw new AssertionError(e);
    }
  }

  /** Each field as {@code name:number:type}, the type with a star if it is repeated. */
  private static void message(FileDescriptorProto.Builder file, String name, String... fields) {
    DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(name);
    for (String field : fields) {
      String[] parts = field.split(":");
      boolean repeated = parts[2].startsWith("*");
      String type = repeated ? parts[2].substring(1) : parts[2];
      FieldDescriptorProto.Builder one =
          FieldDescriptorProto.newBuilder()
              .setName(parts[0])
              .setNumber(Integer.parseInt(parts[1]))
              .setLabel(repeated ? Label.LABEL_REPEATED : Label.LABEL_OPTIONAL);
      if (Character.isUpperCase(type.charAt(0))) {
        one.setType(Type.TYPE_MESSAGE).setTypeName("." + type);
      } else {
        one.setType(Type.valueOf("TYPE_" + type.toUpperCase(java.util.Locale.ROOT)));
      }
      message.addField(one);
    }
    file.addMessageType(message);
  }
}

package io.aom.telemetry.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.telemetry.otlp.PrometheusNames.Kind;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrometheusNamesTest {
  private static final PrometheusNames USUAL = new PrometheusNames(false, true);

  @ParameterizedTest(name = "{0} in {1}, {2}: {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http.server.duration | s         | OTHER   | http_server_duration_seconds
          response_time        | ms        | GAUGE   | response_time_milliseconds
          memory.usage         | By        | GAUGE   | memory_usage_bytes
          memory.usage         | By/s      | GAUGE   | memory_usage_bytes_per_second
          requests             | 1/s       | GAUGE   | requests_per_second
          requests             | {request} | COUNTER | requests_total
          requests.total       | ''        | COUNTER | requests_total
          total.requests       | ''        | COUNTER | requests_total
          cpu.seconds          | s         | COUNTER | cpu_seconds_total
          cpu.usage            | 1         | GAUGE   | cpu_usage_ratio
          cpu.usage            | 1         | COUNTER | cpu_usage_total
          cpu_usage_ratio      | 1         | GAUGE   | cpu_usage_ratio
          disk..io--rate       | ''        | OTHER   | disk_io_rate
          123metric            | ''        | GAUGE   | _123metric
          a:b                  | ''        | GAUGE   | a:b
          custom               | widgets   | GAUGE   | custom_widgets
          größe                | ''        | GAUGE   | gr_e
          ...                  | s         | GAUGE   | ''
          pressure             | mm[Hg]    | GAUGE   | pressure_mm_Hg_
          pressure             | mm[Hg]/s  | GAUGE   | pressure_mm_Hg_per_second
          pressure             | [psi]     | COUNTER | pressure_psi__total
          speed                | m/°       | GAUGE   | speed_meters
          """)
  void metricNamesAndUnits(String name, String unit, Kind kind, String expected) {
    assertThat(USUAL.metric(name, unit, kind)).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0} in {1}, {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http.server.duration | s    | OTHER   | http_server_duration | http.server.duration | http.server.duration_seconds
          requests.total       | ''   | COUNTER | requests_total       | requests.total       | requests_total
          total                | ''   | COUNTER | total                | total                | total_total
          cpu.seconds          | s    | COUNTER | cpu_seconds          | cpu.seconds          | cpu.seconds_total
          größe                | By/s | GAUGE   | gr_e                 | größe                | größe_bytes_per_second
          auslastung.ratio     | 1    | GAUGE   | auslastung_ratio     | auslastung.ratio     | auslastung_ratio
          123 metric           | 1    | GAUGE   | _123_metric          | 123 metric           | 123 metric_ratio
          ''                   | s    | GAUGE   | ''                   | ''                   | ''
          _a__b..c--           | ''   | GAUGE   | _a__b_c              | _a__b..c--           | _a__b..c--
          read.per_second      | By/s | GAUGE   | read_per_second      | read.per_second      | read_bytes_per_second
          pressure             | [a]/b | GAUGE  | pressure             | pressure             | pressure_[a]_per_b
          """)
  void suffixesAndUnderscoresCanBeLeftOut(
      String name, String unit, Kind kind, String noSuffixes, String asItIs, String utf8) {
    assertThat(new PrometheusNames(false, false).metric(name, unit, kind)).isEqualTo(noSuffixes);
    assertThat(new PrometheusNames(true, false).metric(name, unit, kind)).isEqualTo(asItIs);
    assertThat(new PrometheusNames(true, true).metric(name, unit, kind)).isEqualTo(utf8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http.method", "größe", "1st", "a b", "__a", ""})
  void labelNamesInUtf8StayAsTheyAre(String key) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    byte[] into = new byte[bytes.length + PrometheusNames.LABEL_GROWTH];
    int length = new PrometheusNames(true, true).label(bytes, 0, bytes.length, into);

    assertThat(new String(into, 0, length, StandardCharsets.UTF_8)).isEqualTo(key);
  }

  @Test
  void underscoresAloneAreNoNameInUtf8Either() {
    assertThat(new PrometheusNames(true, true).label(new byte[] {'_', '_'}, 0, 2, new byte[8]))
        .isZero();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http.method         | http_method
          already_fine        | already_fine
          label:with:colons   | label_with_colons
          a!with&special$)    | a_with_special__
          123label            | key_123label
          1                   | key_1
          multiple___under    | multiple___under
          a..b                | a__b
          _hidden             | key_hidden
          .hidden             | key_hidden
          öffnung             | key_ffnung
          _9                  | key_9
          __hidden            | __hidden
          ..hidden            | __hidden
          ___hidden           | ___hidden
          __reserved__        | __reserved__
          __re.served__       | __re_served__
          größe               | gr__e
          😀a                 | key_a
          _                   | key_
          .                   | key_
          ö                   | key_
          __                  | ''
          ___                 | ''
          öß                  | ''
          ''                  | ''
          """)
  void labelNames(String key, String expected) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    byte[] into = new byte[bytes.length + PrometheusNames.LABEL_GROWTH];
    int length = USUAL.label(bytes, 0, bytes.length, into);

    assertThat(new String(into, 0, length, StandardCharsets.UTF_8)).isEqualTo(expected);
  }
}

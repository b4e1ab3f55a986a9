package io.aom.metrics.promql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0.0, -0",
    "1, 1",
    "-12.5, -12.5",
    "0.1, 0.1",
    "NaN, NaN",
    "Infinity, +Inf",
    "-Infinity, -Inf",
    "0.000001, 0.000001",
    "0.00000099, 9.9e-07",
    "-1e-7, -1e-07",
    "123456789012345680, 123456789012345680",
    "999999999999999900000, 999999999999999900000",
    "1e21, 1e+21",
    "-1.5e300, -1.5e+300",
    "1.7976931348623157e308, 1.7976931348623157e+308"
  })
  void valuesHaveExponentsWherePrometheusHasThem(double value, String text) {
    assertThat(Numbers.formatValue(value)).isEqualTo(text);
  }
}

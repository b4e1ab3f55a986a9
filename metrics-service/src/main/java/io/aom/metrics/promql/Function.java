package io.aom.metrics.promql;

import static io.aom.metrics.promql.ValueType.MATRIX;
import static io.aom.metrics.promql.ValueType.SCALAR;
import static io.aom.metrics.promql.ValueType.STRING;
import static io.aom.metrics.promql.ValueType.VECTOR;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** PromQL's functions: what they take and what they give. */
public enum Function {
  ABS(VECTOR, VECTOR),
  ABSENT(VECTOR, VECTOR),
  ABSENT_OVER_TIME(VECTOR, MATRIX),
  ACOS(VECTOR, VECTOR),
  ACOSH(VECTOR, VECTOR),
  ASIN(VECTOR, VECTOR),
  ASINH(VECTOR, VECTOR),
  ATAN(VECTOR, VECTOR),
  ATANH(VECTOR, VECTOR),
  AVG_OVER_TIME(VECTOR, MATRIX),
  CEIL(VECTOR, VECTOR),
  CHANGES(VECTOR, MATRIX),
  CLAMP(VECTOR, VECTOR, SCALAR, SCALAR),
  CLAMP_MAX(VECTOR, VECTOR, SCALAR),
  CLAMP_MIN(VECTOR, VECTOR, SCALAR),
  COS(VECTOR, VECTOR),
  COSH(VECTOR, VECTOR),
  COUNT_OVER_TIME(VECTOR, MATRIX),
  DAY_OF_MONTH(1, VECTOR, VECTOR),
  DAY_OF_WEEK(1, VECTOR, VECTOR),
  DAY_OF_YEAR(1, VECTOR, VECTOR),
  DAYS_IN_MONTH(1, VECTOR, VECTOR),
  DEG(VECTOR, VECTOR),
  DELTA(VECTOR, MATRIX),
  DERIV(VECTOR, MATRIX),
  DOUBLE_EXPONENTIAL_SMOOTHING(VECTOR, MATRIX, SCALAR, SCALAR),
  END(SCALAR),
  EXP(VECTOR, VECTOR),
  FIRST_OVER_TIME(VECTOR, MATRIX),
  FLOOR(VECTOR, VECTOR),
  HISTOGRAM_AVG(VECTOR, VECTOR),
  HISTOGRAM_COUNT(VECTOR, VECTOR),
  HISTOGRAM_FRACTION(VECTOR, SCALAR, SCALAR, VECTOR),
  HISTOGRAM_QUANTILE(VECTOR, SCALAR, VECTOR),
  HISTOGRAM_QUANTILES(9, VECTOR, VECTOR, STRING, SCALAR, SCALAR),
  HISTOGRAM_STDDEV(VECTOR, VECTOR),
  HISTOGRAM_STDVAR(VECTOR, VECTOR),
  HISTOGRAM_SUM(VECTOR, VECTOR),
  HOUR(1, VECTOR, VECTOR),
  IDELTA(VECTOR, MATRIX),
  INCREASE(VECTOR, MATRIX),
  INFO(1, VECTOR, VECTOR, VECTOR),
  IRATE(VECTOR, MATRIX),
  LABEL_JOIN(-1, VECTOR, VECTOR, STRING, STRING, STRING),
  LABEL_REPLACE(VECTOR, VECTOR, STRING, STRING, STRING, STRING),
  LAST_OVER_TIME(VECTOR, MATRIX),
  LN(VECTOR, VECTOR),
  LOG10(VECTOR, VECTOR),
  LOG2(VECTOR, VECTOR),
  MAD_OVER_TIME(VECTOR, MATRIX),
  MAX_OF(SCALAR, SCALAR, SCALAR),
  MAX_OVER_TIME(VECTOR, MATRIX),
  MIN_OF(SCALAR, SCALAR, SCALAR),
  MIN_OVER_TIME(VECTOR, MATRIX),
  MINUTE(1, VECTOR, VECTOR),
  MONTH(1, VECTOR, VECTOR),
  PI(SCALAR),
  PREDICT_LINEAR(VECTOR, MATRIX, SCALAR),
  PRESENT_OVER_TIME(VECTOR, MATRIX),
  QUANTILE_OVER_TIME(VECTOR, SCALAR, MATRIX),
  RAD(VECTOR, VECTOR),
  RANGE(SCALAR),
  RATE(VECTOR, MATRIX),
  RESETS(VECTOR, MATRIX),
  ROUND(1, VECTOR, VECTOR, SCALAR),
  SCALAR_OF("scalar", SCALAR, VECTOR),
  SGN(VECTOR, VECTOR),
  SIN(VECTOR, VECTOR),
  SINH(VECTOR, VECTOR),
  SORT(VECTOR, VECTOR),
  SORT_BY_LABEL(-1, VECTOR, VECTOR, STRING),
  SORT_BY_LABEL_DESC(-1, VECTOR, VECTOR, STRING),
  SORT_DESC(VECTOR, VECTOR),
  SQRT(VECTOR, VECTOR),
  START(SCALAR),
  START_TIMESTAMP(VECTOR, VECTOR),
  STDDEV_OVER_TIME(VECTOR, MATRIX),
  STDVAR_OVER_TIME(VECTOR, MATRIX),
  STEP(SCALAR),
  SUM_OVER_TIME(VECTOR, MATRIX),
  TAN(VECTOR, VECTOR),
  TANH(VECTOR, VECTOR),
  TIME(SCALAR),
  TIMESTAMP(VECTOR, VECTOR),
  TS_OF_FIRST_OVER_TIME(VECTOR, MATRIX),
  TS_OF_LAST_OVER_TIME(VECTOR, MATRIX),
  TS_OF_MAX_OVER_TIME(VECTOR, MATRIX),
  TS_OF_MIN_OVER_TIME(VECTOR, MATRIX),
  VECTOR_OF("vector", VECTOR, SCALAR),
  YEAR(1, VECTOR, VECTOR);

  private static final Map<String, Function> BY_NAME = new HashMap<>();

  static {
    for (Function function : values()) {
      BY_NAME.put(function.text, function);
    }
  }

  private final String text;
  private final ValueType result;

  @SuppressWarnings("ImmutableEnumChecker") // never written after construction
  private final ValueType[] parameters;

  /** How many arguments may stand for the last parameter; -1: any number; 0: exactly one. */
  private final int variadic;

  Function(ValueType result, ValueType... parameters) {
    this(0, result, parameters);
  }

  Function(int variadic, ValueType result, ValueType... parameters) {
    this.text = name().toLowerCase(Locale.ROOT);
    this.result = result;
    this.parameters = parameters.clone();
    this.variadic = variadic;
  }

  Function(String text, ValueType result, ValueType... parameters) {
    this.text = text;
    this.result = result;
    this.parameters = parameters.clone();
    this.variadic = 0;
  }

  public String text() {
    return text;
  }

  public ValueType result() {
    return result;
  }

  public List<ValueType> parameters() {
    return List.of(parameters);
  }

  /**
   * As Prometheus counts: how many arguments may stand for the last parameter, or be left out; -1:
   * any number; 0: exactly one.
   */
  public int variadic() {
    return variadic;
  }

  int fewest() {
    return variadic == 0 ? parameters.length : parameters.length - 1;
  }

  int most() {
    if (variadic == 0) {
      return parameters.length;
    }
    return variadic < 0 ? Integer.MAX_VALUE : parameters.length - 1 + variadic;
  }

  ValueType parameter(int index) {
    return parameters[Math.min(index, parameters.length - 1)];
  }

  static @Nullable Function find(String word) {
    return BY_NAME.get(word);
  }

  /** Whether it looks at the times of a selector's samples, not at their values. */
  boolean takesTimes() {
    return this == TIMESTAMP || this == START_TIMESTAMP;
  }

  /**
   * Whether it may give something else at another step even for the same arguments: it takes in the
   * time that it is evaluated at.
   */
  public boolean looksAtTime() {
    return switch (this) {
      case DAYS_IN_MONTH,
          DAY_OF_MONTH,
          DAY_OF_WEEK,
          DAY_OF_YEAR,
          HOUR,
          MINUTE,
          MONTH,
          PREDICT_LINEAR,
          TIME,
          TIMESTAMP,
          YEAR ->
          true;
      default -> false;
    };
  }

  /** Whether it makes of a range of each series' samples a value of the series. */
  boolean takesRange() {
    return this != ABSENT_OVER_TIME && List.of(parameters).contains(MATRIX);
  }
}

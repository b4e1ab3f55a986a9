package io.aom.metrics.promql;

/** What an expression gives. */
public enum ValueType {
  SCALAR("scalar"),
  STRING("string"),
  VECTOR("instant vector"),
  MATRIX("range vector");

  private final String text;

  ValueType(String text) {
    this.text = text;
  }

  /** As error messages name it. */
  public String text() {
    return text;
  }
}

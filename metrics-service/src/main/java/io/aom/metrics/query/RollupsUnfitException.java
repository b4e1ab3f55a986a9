package io.aom.metrics.query;

/** Says that a query is to be evaluated again, from samples alone. */
final class RollupsUnfitException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RollupsUnfitException(String why) {
    super(why);
  }
}

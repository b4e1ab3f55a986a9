package io.aom.telemetry;

import java.util.regex.Pattern;

/** Owner of data. Its charset is strict because tenant names end up in document ids and headers. */
public record TenantId(String value) {
  private static final Pattern VALID = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

  public TenantId {
    if (!VALID.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "tenant: "
              + value
              + " (expected: 1 to 63 of a-z, 0-9, '_', '-', not starting with a sign)");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}

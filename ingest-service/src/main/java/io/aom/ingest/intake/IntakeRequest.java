package io.aom.ingest.intake;

import io.aom.ingest.body.Body;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A request with telemetry, whichever way it has come. */
public interface IntakeRequest {
  TenantId tenant();

  /** A header's value; null if there is none of this name, in whatever case. */
  @Nullable String header(String name);

  /**
   * The body, all of which has come; to be asked for once. The caller closes it.
   *
   * @throws RejectedException if it is too large, or there is no room for it beside other requests
   */
  Body body() throws IOException;
}

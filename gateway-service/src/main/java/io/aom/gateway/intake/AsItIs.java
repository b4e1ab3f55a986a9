package io.aom.gateway.intake;

import io.grpc.Decompressor;
import java.io.InputStream;

/** Takes compressed messages without opening them: ingest does, with its bounds. */
record AsItIs(String messageEncoding) implements Decompressor {
  @Override
  public String getMessageEncoding() {
    return messageEncoding;
  }

  @Override
  public InputStream decompress(InputStream stream) {
    return stream;
  }
}

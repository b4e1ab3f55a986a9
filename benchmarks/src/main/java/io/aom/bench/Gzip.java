package io.aom.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Bodies as a sender compresses them. */
final class Gzip {
  private Gzip() {}

  static List<byte[]> all(List<byte[]> bodies) {
    return bodies.stream().map(Gzip::compress).toList();
  }

  private static byte[] compress(byte[] body) {
    var out = new ByteArrayOutputStream(body.length / 4);
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}

package io.aom.metrics.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Random;
import java.util.zip.CRC32C;

/** Columns that are not as they were written. */
final class Damage {
  private Damage() {}

  /** Changes a few bytes of the content and puts the right checksum behind it. */
  static void to(byte[] column, Random random) {
    int content = column.length - 4;
    for (int i = 0; i < 1 + random.nextInt(3); i++) {
      column[1 + random.nextInt(content - 1)] = (byte) random.nextInt(256);
    }
    CRC32C crc = new CRC32C();
    crc.update(column, 0, content);
    for (int i = 0; i < 4; i++) {
      column[content + i] = (byte) (crc.getValue() >>> (8 * i));
    }
  }

  /** A clear exception, or some answer; nothing else. */
  static void isFoundOrHarmless(Runnable decoding) {
    assertThatCode(
            () -> {
              try {
                decoding.run();
              } catch (CorruptChunkException e) {
                assertThat(e.getMessage()).isNotBlank();
              }
            })
        .doesNotThrowAnyException();
  }
}

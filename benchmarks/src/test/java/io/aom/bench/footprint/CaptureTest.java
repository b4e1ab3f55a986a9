package io.aom.bench.footprint;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.bench.payload.DecodedFields;
import io.aom.bench.payload.Exposition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xerial.snappy.Snappy;

class CaptureTest {
  private final Capture capture =
      new Capture(
          List.of(
              Exposition.parse("a 1\nb{x=\"y\"} 5"),
              Exposition.parse("a 2"),
              Exposition.parse("a 4\nc 7")));

  @Test
  void countsWhatIsInSomeOfTheScrapes() {
    assertThat(capture.series(0, 3)).isEqualTo(3);
    assertThat(capture.samples(0, 3)).isEqualTo(5);
    assertThat(capture.series(1, 2)).isEqualTo(1);
    assertThat(capture.samples(1, 3)).isEqualTo(3);
    assertThat(capture.names()).containsExactly("a", "b", "c");
  }

  @Test
  void aSeriesIsSentWithTheScrapesItIsInAndTheLabelsOfItsHost() throws IOException {
    byte[] body = capture.body(0, 3, Map.of("instance", "h"), 1_000, 15_000);
    var found = new ArrayList<String>();
    for (DecodedFields.Field series : DecodedFields.of(Snappy.uncompress(body))) {
      var text = new StringBuilder();
      for (DecodedFields.Field part : series.fields()) {
        List<DecodedFields.Field> fields = part.fields();
        text.append(
            part.number() == 1
                ? fields.get(0).text() + '=' + fields.get(1).text() + ' '
                : Double.longBitsToDouble(fields.get(0).value())
                    + "@"
                    + fields.get(1).value()
                    + ' ');
      }
      found.add(text.toString().strip());
    }
    assertThat(found)
        .containsExactlyInAnyOrder(
            "__name__=a instance=h 1.0@1000 2.0@16000 4.0@31000",
            "__name__=b instance=h x=y 5.0@1000",
            "__name__=c instance=h 7.0@31000");
  }

  @Test
  void readsWhatWasKept(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("scrapes.gz");
    try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(
          "a 1\nb{x=\"y\"} 5\n# end of scrape\na 2\n# end of scrape\na 4\nc 7\n# end of scrape\n"
              .getBytes(StandardCharsets.UTF_8));
    }
    assertThat(Capture.read(file)).isEqualTo(capture);
  }
}

package io.aom.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/prometheus/api/v1/query?query=up%7Bjob%3D%22a%22%7D&time=1.5",
        "/a;b=c/~x/$-_.!*'(),:@?q=a/b?c&r=+",
        "http://127.0.0.1:8080/path?a=1",
        "*",
        ""
      })
  void whatIsEncodedStaysAsItIs(String target) {
    assertThat(RequestTargets.encoded(target)).isSameAs(target);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      quoteCharacter = '`',
      value = {
        "/series?match[]=up /series?match%5B%5D=up",
        "/q?query=up{job=\"a|b\"} /q?query=up%7Bjob%3D%22a%7Cb%22%7D",
        "/q?query=up%7Bjob=%22a%22%7D&a=b==c /q?query=up%7Bjob%3D%22a%22%7D&a=b%3D%3Dc",
        "/q?query=a<b^c\\d>e /q?query=a%3Cb%5Ec%5Cd%3Ee",
        "/label/a[b]/values /label/a%5Bb%5D/values",
        "/q?query=100% /q?query=100%25",
        "/q?query=%zz%2 /q?query=%25zz%252",
        "/q?query=a#b /q?query=a%23b"
      })
  void whatIsNotIsEncoded(String target, String encoded) {
    assertThat(RequestTargets.encoded(target)).isEqualTo(encoded);
  }

  @Test
  void bytesBeyondAsciiAreEncodedOneByOne() {
    byte[] utf8 = "/q?query=日".getBytes(StandardCharsets.UTF_8);

    String encoded = RequestTargets.encoded(new String(utf8, StandardCharsets.ISO_8859_1));

    assertThat(encoded).isEqualTo("/q?query=%E6%97%A5");
    assertThat(URI.create(encoded).getQuery()).isEqualTo("query=日");
  }

  @Test
  void whateverComesIsAUriAfterwards() {
    for (char c = 1; c < 256; c++) {
      String target = "/a" + c + "b?c" + c + "d";
      assertThat(URI.create(RequestTargets.encoded(target)).getPath())
          .as("character %d", (int) c)
          .startsWith("/a");
    }
  }
}

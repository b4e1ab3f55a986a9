package io.aom.telemetry.labels;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.telemetry.TenantId;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LabelsTest {
  @Property
  void utf8IsWhatTheJdkTakesForUtf8(@ForAll byte[] bytes) {
    assertThat(Utf8.isValid(bytes, 0, bytes.length)).isEqualTo(jdkTakes(bytes));
  }

  @Property
  void everyPairOfLeadBytesIsJudgedAsTheJdkDoes(@ForAll byte a, @ForAll byte b, @ForAll byte c) {
    byte[] bytes = {'x', a, b, c, (byte) 0x80, 'y'};

    assertThat(Utf8.isValid(bytes, 0, bytes.length)).isEqualTo(jdkTakes(bytes));
  }

  @Property
  void aCutAtTheFloorSplitsNoCharacter(
      @ForAll String text, @ForAll @IntRange(min = 0, max = 50) int at) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int to = Math.min(at, bytes.length);

    int floor = Utf8.floor(bytes, 0, to);

    assertThat(floor).isBetween(Math.max(0, to - 3), to);
    assertThat(Utf8.isValid(bytes, 0, floor)).isEqualTo(Utf8.isValid(bytes, 0, bytes.length));
  }

  @Property
  void theHashOfASeriesDoesNotDependOnTheOrderOfItsLabels(@ForAll Map<String, String> labels) {
    LabelBuffer sorted = new LabelBuffer();
    LabelBuffer reversed = new LabelBuffer();
    new TreeMap<>(labels).forEach((n, v) -> add(sorted, n, v));
    new TreeMap<>(labels).reversed().forEach((n, v) -> add(reversed, n, v));
    sorted.sort();
    reversed.sort();
    TenantHash tenant = new TenantHash(new TenantId("acme"));

    assertThat(tenant.ofSeries(reversed)).isEqualTo(tenant.ofSeries(sorted));
  }

  @Test
  void partitionsOfKnownSeriesNeverChange() {
    LabelBuffer labels = new LabelBuffer();
    add(labels, "__name__", "up");
    add(labels, "job", "node");
    long hash = new TenantHash(new TenantId("acme")).ofSeries(labels);

    // A golden value: a change would scatter every series over two partitions.
    assertThat(Long.toHexString(hash)).isEqualTo("8189552898e4a78d");
    assertThat(TenantHash.partition(hash, 4)).isEqualTo((int) (hash >>> 62));
  }

  @Test
  void removesJoinsAndReplaces() {
    LabelBuffer labels = new LabelBuffer();
    add(labels, "b", "1");
    add(labels, "a", "");
    add(labels, "b", "2");
    labels.put(bytes("c"), bytes("3"));
    labels.put(bytes("c"), bytes("4"));
    labels.dropEmpty();
    labels.sort();
    labels.joinDuplicates();

    assertThat(text(labels)).isEqualTo("b=1;2,c=4,");
    assertThat(labels.isStrictlySorted()).isTrue();
  }

  @Test
  void joinsAnyNumberAndForgetsEmptyBeginnings() {
    LabelBuffer labels = new LabelBuffer();
    for (String value : new String[] {"", "1", "", "2"}) {
      add(labels, "a", value);
    }
    add(labels, "b", "");
    add(labels, "b", "");
    add(labels, "c", "3");
    labels.joinDuplicates();
    LabelBuffer more = new LabelBuffer();
    add(more, "a", "x");
    add(more, "b", "4");
    add(more, "d", "5");
    labels.addMissing(more);

    assertThat(text(labels)).isEqualTo("a=1;;2,b=4,c=3,d=5,");
  }

  private static boolean jdkTakes(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static String text(LabelBuffer labels) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < labels.size(); i++) {
      text.append(
              new String(
                  labels.bytes(),
                  labels.nameFrom(i),
                  labels.nameTo(i) - labels.nameFrom(i),
                  StandardCharsets.UTF_8))
          .append('=')
          .append(
              new String(
                  labels.bytes(),
                  labels.valueFrom(i),
                  labels.valueTo(i) - labels.valueFrom(i),
                  StandardCharsets.UTF_8))
          .append(',');
    }
    return text.toString();
  }

  private static void add(LabelBuffer labels, String name, String value) {
    labels.add(bytes(name), bytes(value));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

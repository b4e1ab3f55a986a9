package io.aom.logs.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizerTest {
  private static List<String> tokens(byte[] bytes) {
    Tokenizer tokenizer = new Tokenizer().reset(bytes, 0, bytes.length);
    List<String> tokens = new ArrayList<>();
    while (tokenizer.next()) {
      byte[] folded = Folding.fold(bytes, tokenizer.from(), tokenizer.to(), Integer.MAX_VALUE);
      tokens.add(new String(folded, StandardCharsets.UTF_8));
    }
    return tokens;
  }

  private static List<String> terms(byte[] bytes) {
    TermSet set = new TermSet();
    set.addWords(bytes, 0, bytes.length);
    return set.terms();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          words                | Connection refused        | connection refused
          signs separate       | a=1, b='x'; (c)           | a 1 b x c
          underscores do not   | order_id=__7              | order_id __7
          ids fall apart       | 550e8400-e29b-41d4        | 550e8400 e29b 41d4
          addresses            | 10.0.0.1:5432             | 10 0 0 1 5432
          letters of any kind  | Größe ÄRGER naïve Ωmega   | größe ärger naïve ωmega
          no spaces needed     | 连接错误abc               | 连 接 错 误 abc
          kana                 | タイムアウト              | タ イ ム ア ウ ト
          combining marks      | e\u0301te                 | e\u0301te
          emoji separates      | ok🙂fine                  | ok fine
          nothing              | ---                       | ``
          """)
  void tokens(String situation, String text, String expected) {
    String plain = text.replace("\\u0301", "\u0301");
    String wanted = expected.replace("\\u0301", "\u0301");

    assertThat(String.join(" ", tokens(plain.getBytes(StandardCharsets.UTF_8)))).isEqualTo(wanted);
  }

  @Test
  void bytesThatAreNotUtf8Separate() {
    byte[] bytes = {'a', (byte) 0xFF, 'b', (byte) 0xC3, 'c', (byte) 0xE4, (byte) 0xB8};

    assertThat(tokens(bytes)).containsExactly("a", "b", "c");
    assertThat(terms(bytes)).containsExactly("a", "b", "c");
  }

  /** The set has a fast path of its own; it must find what the tokenizer finds. */
  @Property
  void theTermSetHoldsTheTokensOfAnyBytes(@ForAll byte[] bytes) {
    assertThat(terms(bytes)).containsExactlyElementsOf(cut(tokens(bytes)));
  }

  @Property
  void theTermSetHoldsTheTokensOfAnyText(@ForAll String text, @ForAll String more) {
    byte[] bytes = (text + " plain_ASCII " + more).getBytes(StandardCharsets.UTF_8);

    assertThat(terms(bytes)).containsExactlyElementsOf(cut(tokens(bytes)));
  }

  private static List<String> cut(List<String> tokens) {
    return new ArrayList<>(new LinkedHashSet<>(tokens.stream().map(TermSet::token).toList()));
  }

  /** No word may be lost because it is long: its term is that of its beginning. */
  @Test
  void longTokensAreCutAlikeInSetAndQuery() {
    String longWord = "ä".repeat(20) + "x".repeat(100);
    byte[] bytes = longWord.getBytes(StandardCharsets.UTF_8);

    assertThat(terms(bytes)).containsExactly(TermSet.token(longWord));
    assertThat(TermSet.token(longWord).getBytes(StandardCharsets.UTF_8)).hasSize(64);
  }

  @Property
  void aTextContainsEveryPhraseOfItsOwn(@ForAll String before, @ForAll String text) {
    byte[] bytes = (before + ' ' + text + " end").getBytes(StandardCharsets.UTF_8);
    Tokenizer tokenizer = new Tokenizer();

    assertThat(Phrase.of(text, false).in(bytes, 0, bytes.length, tokenizer)).isTrue();
    assertThat(Phrase.of(text.toUpperCase(java.util.Locale.ROOT), true).isEmpty())
        .isEqualTo(Phrase.of(text, true).isEmpty());
  }

  @Property
  void aSetKnowsWhatItHolds(@ForAll List<byte[]> strings) {
    ByteRangeSet set = new ByteRangeSet(1, 1);
    List<List<Byte>> distinct = new ArrayList<>();
    for (byte[] string : strings) {
      List<Byte> boxed = new ArrayList<>();
      for (byte b : string) {
        boxed.add(b);
      }
      int number = set.add(string, 0, string.length);
      int known = distinct.indexOf(boxed);
      assertThat(number).isEqualTo(known >= 0 ? known : ~distinct.size());
      if (known < 0) {
        distinct.add(boxed);
      }
      assertThat(set.get(number < 0 ? ~number : number)).isEqualTo(string);
    }
    assertThat(set.size()).isEqualTo(distinct.size());
    set.truncate(distinct.size() / 2);
    assertThat(set.size()).isEqualTo(distinct.size() / 2);
  }
}

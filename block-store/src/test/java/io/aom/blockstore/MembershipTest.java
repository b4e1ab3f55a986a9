package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MembershipTest {
  private static Membership member(int ordinal, int count, int groups) {
    List<URI> peers = IntStream.range(0, count).mapToObj(i -> URI.create("http://m" + i)).toList();
    return new Membership(ordinal, count, groups, peers);
  }

  @ParameterizedTest
  @CsvSource({"1,1,3", "2,1,8", "3,1,8", "2,2,3", "4,2,12", "6,3,7", "6,2,4", "4,2,1"})
  void eachGroupHoldsEachPartitionOnceAndTheGroupsTakeTurns(int count, int groups, int partitions) {
    for (int partition = 0; partition < partitions; partition++) {
      List<Integer> holders = new ArrayList<>();
      List<Integer> turns = new ArrayList<>();
      for (int ordinal = 0; ordinal < count; ordinal++) {
        Membership member = member(ordinal, count, groups);
        if (member.owned(partitions).contains(partition)) {
          holders.add(member.group());
          turns.add(member.turn(partition));
          assertThat(member(0, count, groups).holds(ordinal, partition)).isTrue();
        }
      }
      List<Integer> eachOnce = IntStream.range(0, groups).boxed().toList();
      assertThat(holders).containsExactlyInAnyOrderElementsOf(eachOnce);
      assertThat(turns).containsExactlyInAnyOrderElementsOf(eachOnce);
    }
  }

  @Test
  void noMemberStoresAllTheBlocks() {
    for (int ordinal = 0; ordinal < 4; ordinal++) {
      Membership member = member(ordinal, 4, 2);
      assertThat(member.owned(8).stream().map(member::turn))
          .containsExactly(member.group(), 1 - member.group(), member.group(), 1 - member.group());
    }
  }

  @Test
  void oneMemberDoesWhatOnlyOneMayDo() {
    assertThat(IntStream.range(0, 6).filter(ordinal -> member(ordinal, 6, 2).first()))
        .containsExactly(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2|2|1|ordinal: 2 of 2 (expected: 0..1)",
        "-1|2|1|ordinal: -1 of 2 (expected: 0..1)",
        "0|3|2|groups: 2 (expected: a number that divides the 3 members)",
        "0|2|0|groups: 0 (expected: a number that divides the 2 members)",
      })
  void whatCannotBeIsRefused(int ordinal, int count, int groups, String message) {
    assertThatThrownBy(() -> member(ordinal, count, groups)).hasMessage(message);
  }

  @Test
  void severalMembersMustKnowOneAnother() {
    assertThatThrownBy(() -> new Membership(0, 2, 2, List.of(URI.create("http://m0"))))
        .hasMessage("peers: 1 (expected: one for each of 2 members)");
  }
}

package io.aom.bench.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class AnswerTest {
  private static Answer answer(String json) {
    return Answer.of(new JsonMapper().readTree(json.replace('\'', '"')));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          the same              | [{'metric':{'a':'1'},'values':[[1,'2'],[2,'3']]}]                  | 0    | true
          another name          | [{'metric':{'__name__':'m','a':'1'},'values':[[1,'2'],[2,'3']]}]   | 0    | true
          near enough           | [{'metric':{'a':'1'},'values':[[1,'2.01'],[2,'3']]}]               | 0.01 | true
          not near enough       | [{'metric':{'a':'1'},'values':[[1,'2.01'],[2,'3']]}]               | 1e-9 | false
          a point less          | [{'metric':{'a':'1'},'values':[[1,'2']]}]                          | 0    | false
          a point more          | [{'metric':{'a':'1'},'values':[[1,'2'],[2,'3'],[3,'3']]}]          | 0    | false
          a point elsewhere     | [{'metric':{'a':'1'},'values':[[1,'2'],[2.5,'3']]}]                | 0    | false
          another label         | [{'metric':{'a':'2'},'values':[[1,'2'],[2,'3']]}]                  | 0    | false
          a series more         | [{'metric':{'a':'1'},'values':[[1,'2'],[2,'3']]},{'metric':{},'values':[[1,'1']]}] | 0 | false
          no value but infinity | [{'metric':{'a':'1'},'values':[[1,'+Inf'],[2,'3']]}]               | 0.5  | false
          none at all           | []                                                                 | 0    | false
          """)
  void differs(String situation, String other, double tolerance, boolean alike) {
    Answer answer = answer("[{'metric':{'a':'1'},'values':[[1,'2'],[2,'3']]}]");
    assertThat(answer.difference(answer(other), tolerance).isEmpty()).isEqualTo(alike);
  }

  @Test
  void nothingIsLikeNothingElse() {
    assertThat(answer("[]").difference(answer("[]"), 0)).contains("nothing to compare with");
  }

  @Test
  void readsVectorsAndWhatIsNoNumber() {
    Answer vector =
        answer("[{'metric':{},'value':[1.5,'NaN']},{'metric':{'b':'c'},'value':[1.5,'-Inf']}]");
    assertThat(vector.points()).isEqualTo(2);
    assertThat(vector.difference(vector, 0)).isEmpty();
    assertThat(vector.series().get("{b=c}")).containsEntry(1_500L, Double.NEGATIVE_INFINITY);
  }
}

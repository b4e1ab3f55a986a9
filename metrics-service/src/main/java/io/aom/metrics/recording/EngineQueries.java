package io.aom.metrics.recording;

import io.aom.blockstore.Heads.Consistency;
import io.aom.blockstore.StoreUnavailableException;
import io.aom.metrics.promql.PromqlException;
import io.aom.metrics.promql.StepGrid;
import io.aom.metrics.promql.StepSeries;
import io.aom.metrics.promql.Value;
import io.aom.metrics.query.MetricQueries;
import io.aom.metrics.query.MetricQueries.Evaluated;
import io.aom.metrics.query.MetricQueries.PromqlQuery;
import io.aom.metrics.series.Labels;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * Evaluates rules as any query of the tenant. Groups of one interval have the same ticks: they wait
 * for one another, so that other queries find places.
 */
final class EngineQueries implements RuleQueries {
  private final MetricQueries queries;
  private final Semaphore places;

  /**
   * @param concurrency most queries at a time
   */
  EngineQueries(MetricQueries queries, int concurrency) {
    this.queries = queries;
    this.places = new Semaphore(concurrency, true);
  }

  @Override
  public Answer ask(TenantId tenant, String expr, long timeMillis, boolean ownWrites)
      throws InterruptedException {
    places.acquire();
    try {
      return evaluate(tenant, expr, timeMillis, ownWrites);
    } finally {
      places.release();
    }
  }

  private Answer evaluate(TenantId tenant, String expr, long timeMillis, boolean ownWrites) {
    PromqlQuery query =
        new PromqlQuery(
            tenant,
            expr,
            StepGrid.instant(timeMillis),
            ownWrites ? Consistency.STRONG : Consistency.EVENTUAL,
            null,
            null);
    try {
      MetricQueries.Answer<Evaluated> answer = queries.evaluate(query);
      if (!answer.missing().isEmpty()) {
        return new Answer.Unsettled("partial: " + answer.missing());
      }
      if (answer.completeUntilMillis() < timeMillis) {
        return new Answer.Unsettled(
            "complete until " + answer.completeUntilMillis() + " (expected: " + timeMillis + ")");
      }
      return samples(answer.value().result().value());
    } catch (PromqlException e) {
      String reason = String.valueOf(e.getMessage());
      return switch (e.kind()) {
        case PARSE, EXECUTION, TIMEOUT -> new Answer.Refused(reason);
        case CANCELED, BUSY -> new Answer.Unsettled(reason);
      };
    } catch (RejectedException e) {
      String reason = String.valueOf(e.getMessage());
      return e.problem().status() < 500 ? new Answer.Refused(reason) : new Answer.Unsettled(reason);
    } catch (StoreUnavailableException e) {
      return new Answer.Unsettled(String.valueOf(e.getMessage()));
    }
  }

  private static Answer samples(Value value) {
    return switch (value) {
      case Value.Scalar(double[] values) ->
          new Answer.Complete(List.of(new Recorded(Labels.EMPTY, values[0], null)));
      case Value.Vector(List<StepSeries> series) -> {
        List<Recorded> samples = new ArrayList<>(series.size());
        for (StepSeries one : series) {
          samples.add(new Recorded(one.labels(), one.value(0), one.histogram(0)));
        }
        yield new Answer.Complete(samples);
      }
      case Value.Text ignored -> new Answer.Refused("a text (expected: a vector or a scalar)");
      case Value.Matrix ignored -> new Answer.Refused("a range (expected: a vector or a scalar)");
    };
  }
}

package io.aom.logs.query;

import io.aom.logs.row.RowView;
import java.util.Set;

/** Decides row by row. Holds buffers of its own, so each thread compiles one for itself. */
interface RowCondition {
  RowCondition ALWAYS =
      new RowCondition() {
        @Override
        public boolean test(RowView row) {
          return true;
        }

        @Override
        public Set<String> columns() {
          return Set.of();
        }
      };

  boolean test(RowView row);

  /** Columns of a block part that {@link #test} looks at. */
  Set<String> columns();
}

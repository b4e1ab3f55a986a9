import type { PromResult } from '../../api/prometheus';
import { type AxisUnit, formatAs, formatExact } from '../../units';
import { Panel } from '../../ui/Page';
import { EmptyState } from '../../ui/states';
import table from '../../ui/table.module.css';
import { writeSeries } from './matrix';
import classes from './MetricsPage.module.css';

const MAX_ROWS = 1000;

interface Row {
  readonly name: string;
  readonly value: string;
  readonly exact: string;
}

function rowsOf(result: PromResult, unit: AxisUnit): Row[] {
  const row = (name: string, value: number) => ({
    name,
    value: formatAs(unit, value),
    exact: formatExact(value),
  });
  switch (result.resultType) {
    case 'scalar':
      return [row('scalar', result.result.value)];
    case 'string':
      return [{ name: 'string', value: result.result[1], exact: result.result[1] }];
    case 'vector':
      return result.result.map(({ metric, value, histogram }) => {
        if (value) return row(writeSeries(metric), value.value);
        const text = histogram ? `count ${histogram.count}, sum ${histogram.sum}` : '';
        return { name: writeSeries(metric), value: text, exact: text };
      });
    case 'matrix':
      return result.result.map(({ metric, values }) => {
        const text = values
          .map(({ seconds, value }) => `${formatExact(value)} @${seconds}`)
          .join('\n');
        return { name: writeSeries(metric), value: `${values.length} samples`, exact: text };
      });
  }
}

export function InstantTable({
  promql,
  result,
  unit,
}: {
  promql: string;
  result: PromResult;
  unit: AxisUnit;
}) {
  const rows = rowsOf(result, unit);
  return (
    <Panel
      flush
      testId="instant"
      title={<span className="mono">{promql}</span>}
      beside={<span className="muted">{`${result.resultType}, ${rows.length}`}</span>}
    >
      {rows.length === 0 ? (
        <EmptyState title="No series match at this time" />
      ) : (
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">Series</th>
              <th scope="col" className="num">
                Value
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, MAX_ROWS).map((row, at) => (
              <tr key={at}>
                <td className={classes.name}>{row.name}</td>
                <td className="num" title={row.exact}>
                  {row.value}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {rows.length > MAX_ROWS ? (
        <p className="muted" style={{ padding: '0 12px' }}>
          The first {MAX_ROWS} of {rows.length} are shown.
        </p>
      ) : null}
    </Panel>
  );
}

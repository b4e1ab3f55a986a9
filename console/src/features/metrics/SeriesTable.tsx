import { Button } from '@mantine/core';
import { useMemo } from 'react';
import { type AxisUnit, formatAs, formatSeconds } from '../../units';
import { Panel } from '../../ui/Page';
import table from '../../ui/table.module.css';
import { SeriesChip } from '../../ui/TimeSeries';
import { type Plotted, summarise } from './matrix';
import classes from './MetricsPage.module.css';

const MAX_ROWS = 500;

/** The drawn series with their figures; choosing one draws it alone, with Ctrl or ⌘ adds it. */
export function SeriesTable({
  series,
  drawn,
  unit,
  step,
  shown,
  onShow,
}: {
  series: Plotted['series'];
  drawn: number;
  unit: AxisUnit;
  step: number;
  shown: ReadonlySet<string> | undefined;
  onShow: (keys: ReadonlySet<string> | undefined) => void;
}) {
  const rows = useMemo(
    () => series.slice(0, MAX_ROWS).map((one) => ({ one, ...summarise(one.values) })),
    [series],
  );
  const cell = (value: number | undefined) => (value === undefined ? '–' : formatAs(unit, value));
  const choose = (key: string, add: boolean) => {
    if (add) {
      const next = new Set(shown ?? []);
      if (!next.delete(key)) next.add(key);
      onShow(next.size > 0 ? next : undefined);
    } else {
      onShow(shown?.size === 1 && shown.has(key) ? undefined : new Set([key]));
    }
  };
  const hidden = series.length - drawn;
  return (
    <Panel
      flush
      testId="series"
      title={`${series.length} series, one point each ${formatSeconds(step)}${hidden > 0 ? ` · the first ${drawn} are drawn` : ''}`}
      beside={
        shown ? (
          <Button size="compact-xs" variant="subtle" onClick={() => onShow(undefined)}>
            Show all
          </Button>
        ) : null
      }
    >
      <div className={classes.scroll}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">Series</th>
              <th scope="col" className="num">
                Last
              </th>
              <th scope="col" className="num">
                Min
              </th>
              <th scope="col" className="num">
                Mean
              </th>
              <th scope="col" className="num">
                Max
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ one, last, min, mean, max }, index) => (
              <tr key={one.key} className={shown && !shown.has(one.key) ? classes.off : undefined}>
                <td>
                  <button
                    type="button"
                    className={classes.seriesName}
                    aria-pressed={shown?.has(one.key) ?? false}
                    title="Show it alone; with Ctrl, together with others"
                    onClick={(event) => choose(one.key, event.ctrlKey || event.metaKey)}
                  >
                    {index < drawn ? <SeriesChip index={index} /> : null}
                    <span>{one.label}</span>
                  </button>
                </td>
                <td className="num">{cell(last)}</td>
                <td className="num">{cell(min)}</td>
                <td className="num">{cell(mean)}</td>
                <td className="num">{cell(max)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

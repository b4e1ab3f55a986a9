import 'uplot/dist/uPlot.min.css';
import { useEffect, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import { formatClock, formatDate, formatDateTime, type TimeWindow } from '../time/window';
import { type AxisUnit, formatAs } from '../units';
import { SERIES_COLORS } from './seriesColors';
import classes from './TimeSeries.module.css';
import { useScheme } from './useScheme';

export interface ChartSeries {
  readonly key: string;
  readonly label: string;
  /** One value for each time; null is a gap. */
  readonly values: readonly (number | null)[];
}

const seriesColor = (index: number) => `var(--series-${index % SERIES_COLORS})`;

/** Colour chip of the series at `index`, for legends and tables. */
export function SeriesChip({ index }: { index: number }) {
  return <span className={classes.chip} style={{ background: seriesColor(index) }} aria-hidden />;
}

/** Axis steps that read well in powers of 1024. */
const BYTE_STEPS = Array.from({ length: 60 }, (_, power) => 2 ** power);

interface Hover {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly index: number;
  readonly focused: number | undefined;
}

/**
 * Lines over time on a canvas. Dragging selects a narrower window; the pointer shows the values.
 *
 * @param times seconds since 1970, ascending, as many as each series has values
 * @param shown keys of the series to draw; all if undefined
 */
export function TimeSeries({
  times,
  series,
  unit,
  window,
  height = 320,
  shown,
  threshold,
  onZoom,
}: {
  times: readonly number[];
  series: readonly ChartSeries[];
  unit: AxisUnit;
  window: TimeWindow;
  height?: number;
  shown?: ReadonlySet<string> | undefined;
  threshold?: number | undefined;
  onZoom?: ((start: number, end: number) => void) | undefined;
}) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const zoom = useRef(onZoom);
  const scheme = useScheme();
  const [hover, setHover] = useState<Hover>();

  useEffect(() => {
    zoom.current = onZoom;
  }, [onZoom]);

  const data = useMemo(
    () => [times, ...series.map(({ values }) => values)] as unknown as uPlot.AlignedData,
    [times, series],
  );

  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const style = getComputedStyle(document.documentElement);
    const token = (name: string) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: token('--muted'),
      font: '11px system-ui, sans-serif',
      grid: { stroke: token('--line'), width: 1 },
      ticks: { stroke: token('--line'), width: 1, size: 4 },
    };
    let focused: number | null = null;
    const options: uPlot.Options = {
      width: Math.max(element.clientWidth, 100),
      height,
      ms: 1e-3,
      padding: [8, 12, 0, 0],
      legend: { show: false },
      focus: { alpha: 0.35 },
      cursor: {
        focus: { prox: 24 },
        points: { size: 7 },
        drag: { x: true, y: false, setScale: false, dist: 6 },
      },
      scales: {
        x: { time: true, range: () => [window.start / 1000, window.end / 1000] },
        y: {
          range: (_plot, min, max) =>
            uPlot.rangeNum(
              Math.min(min, threshold ?? min, min >= 0 ? 0 : min),
              Math.max(max, threshold ?? max),
              { min: { pad: 0.05, soft: 0, mode: 1 }, max: { pad: 0.08, soft: 0, mode: 2 } },
            ),
        },
      },
      axes: [
        { ...axis, size: 32, space: 70, values: (_plot, splits) => timeTicks(splits) },
        {
          ...axis,
          // Before the first drawing there are no values, whatever the declared type says.
          size: (_plot, values: string[] | null) =>
            14 + 6.4 * Math.max(3, ...(values ?? []).map((text) => text.length)),
          ...(unit === 'bytes' ? { incrs: BYTE_STEPS } : {}),
          values: (_plot, splits) => splits.map((value) => formatAs(unit, value)),
        },
      ],
      series: [
        {},
        ...series.map((one, index) => ({
          label: one.label,
          stroke: token(`--series-${index % SERIES_COLORS}`),
          width: 1.6,
          spanGaps: false,
          show: shown?.has(one.key) ?? true,
          points: { show: one.values.length < 3, size: 5 },
        })),
      ],
      hooks: {
        setSelect: [
          (self) => {
            const { left, width } = self.select;
            if (width < 4) return;
            zoom.current?.(
              self.posToVal(left, 'x') * 1000,
              self.posToVal(left + width, 'x') * 1000,
            );
            self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          },
        ],
        setSeries: [
          (_self, index) => {
            focused = index;
          },
        ],
        setCursor: [
          (self) => {
            const { left, top, idx } = self.cursor;
            if (left === undefined || left < 0 || idx == null) {
              setHover(undefined);
              return;
            }
            setHover({
              left: left + self.bbox.left / devicePixelRatio,
              top: top ?? 0,
              width: self.width,
              index: idx,
              focused: focused === null ? undefined : focused - 1,
            });
          },
        ],
        draw: [
          (self) => {
            if (threshold === undefined) return;
            const y = self.valToPos(threshold, 'y', true);
            self.ctx.save();
            self.ctx.strokeStyle = token('--bad');
            self.ctx.setLineDash([6, 4]);
            self.ctx.beginPath();
            self.ctx.moveTo(self.bbox.left, y);
            self.ctx.lineTo(self.bbox.left + self.bbox.width, y);
            self.ctx.stroke();
            self.ctx.restore();
          },
        ],
      },
    };
    const made = new uPlot(options, data, element);
    plot.current = made;
    const observer = new ResizeObserver(() => {
      made.setSize({ width: Math.max(element.clientWidth, 100), height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [data, series, unit, window.start, window.end, height, shown, threshold, scheme]);

  return (
    <div
      className={classes.holder}
      data-testid="chart"
      role="img"
      aria-label={`Chart of ${series.length} series. The table holds the values.`}
    >
      <div ref={holder} style={{ height }} />
      {hover && series.length > 0 ? (
        <Tip hover={hover} times={times} series={series} shown={shown} unit={unit} />
      ) : null}
    </div>
  );
}

const TIP_ROWS = 8;

function Tip({
  hover,
  times,
  series,
  shown,
  unit,
}: {
  hover: Hover;
  times: readonly number[];
  series: readonly ChartSeries[];
  shown: ReadonlySet<string> | undefined;
  unit: AxisUnit;
}) {
  const time = times[hover.index];
  if (time === undefined) return null;
  const rows = series
    .map((one, index) => ({ one, index, value: one.values[hover.index] ?? null }))
    .filter(({ one, value }) => value !== null && (shown?.has(one.key) ?? true))
    .sort(
      (a, b) =>
        Number(b.index === hover.focused) - Number(a.index === hover.focused) ||
        (b.value ?? 0) - (a.value ?? 0),
    );
  const right = hover.left > hover.width / 2;
  return (
    <div
      className={classes.tip}
      style={
        right
          ? { right: hover.width - hover.left + 14, top: 12 }
          : { left: hover.left + 14, top: 12 }
      }
    >
      <div className={classes.tipTime}>{formatDateTime(time * 1000)}</div>
      {rows.slice(0, TIP_ROWS).map(({ one, index, value }) => (
        <div
          key={one.key}
          className={`${classes.tipRow} ${index === hover.focused ? classes.tipFocused : ''}`}
        >
          <SeriesChip index={index} />
          <span className={classes.tipLabel}>{one.label}</span>
          <span className={classes.tipValue}>{formatAs(unit, value ?? NaN)}</span>
        </div>
      ))}
      {rows.length > TIP_ROWS ? (
        <div className={classes.tipMore}>and {rows.length - TIP_ROWS} more</div>
      ) : null}
    </div>
  );
}

/** Times of day; the date where a day begins or where ticks are days apart. */
function timeTicks(splits: readonly number[]): string[] {
  const gap = (splits[1] ?? 0) - (splits[0] ?? 0);
  return splits.map((seconds, index) => {
    const time = seconds * 1000;
    if (gap >= 86_400) return formatDate(time).slice(5);
    const clock = formatClock(time, gap > 0 && gap < 60 ? 'seconds' : 'minutes');
    const before = splits[index - 1];
    const newDay = before !== undefined && formatDate(before * 1000) !== formatDate(time);
    return newDay ? `${formatDate(time).slice(5)} ${clock}` : clock;
  });
}

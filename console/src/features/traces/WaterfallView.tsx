import {
  IconAlertCircleFilled,
  IconChevronDown,
  IconChevronRight,
  IconUnlink,
} from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { Span } from '../../api/traces';
import { formatMany, formatNanos } from '../../units';
import classes from './TracePage.module.css';
import { ticks, visibleRows, type Waterfall, type WaterfallRow } from './waterfall';

const ROW = 28;
const INDENT = 14;
/** Deeper spans are not indented further, so that their names stay readable. */
const MAX_INDENT = 18;

function mentions(span: Span, find: string): boolean {
  return [span.service, span.operation, ...Object.values(span.attributes)].some((text) =>
    text.toLowerCase().includes(find),
  );
}

export function WaterfallView({
  waterfall,
  find,
  color,
  selected,
  onSelect,
}: {
  waterfall: Waterfall;
  /** Lower-case; spans without it are dimmed. */
  find: string;
  color: (service: string) => string;
  selected: string | undefined;
  onSelect: (spanId: string) => void;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => visibleRows(waterfall.rows, folded), [waterfall.rows, folded]);
  const marks = useMemo(() => ticks(waterfall.duration, 5), [waterfall.duration]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 20,
  });
  const share = (value: number) => `${(value / Math.max(waterfall.duration, 1)) * 100}%`;

  // A link to a span shows it; what is chosen later is in sight anyway.
  const first = useRef(selected);
  useEffect(() => {
    const at = waterfall.rows.findIndex(({ span }) => span.spanId === first.current);
    if (at > 0) virtual.scrollToIndex(at, { align: 'center' });
  }, [virtual, waterfall.rows]);

  const fold = (spanId: string, folding: boolean) =>
    setFolded((before) => {
      const next = new Set(before);
      if (folding) next.add(spanId);
      else next.delete(spanId);
      return next;
    });

  const onKeyDown = (event: KeyboardEvent) => {
    const at = rows.findIndex(({ span }) => span.spanId === selected);
    const row = rows[at];
    const move = (to: number) => {
      const target = rows[Math.max(0, Math.min(rows.length - 1, to))];
      if (!target) return;
      onSelect(target.span.spanId);
      virtual.scrollToIndex(rows.indexOf(target), { align: 'auto' });
    };
    switch (event.key) {
      case 'ArrowDown':
        move(at + 1);
        break;
      case 'ArrowUp':
        move(at < 0 ? 0 : at - 1);
        break;
      case 'PageDown':
        move(at + 20);
        break;
      case 'PageUp':
        move(at - 20);
        break;
      case 'Home':
        move(0);
        break;
      case 'End':
        move(rows.length - 1);
        break;
      case 'ArrowLeft':
        if (row && row.descendants > 0) fold(row.span.spanId, true);
        break;
      case 'ArrowRight':
        if (row) fold(row.span.spanId, false);
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  return (
    <div className={classes.view}>
      <div className={classes.scale} aria-hidden>
        <div className={classes.names}>Service and operation</div>
        <div className={classes.track}>
          {marks.map((mark) => (
            <span key={mark} className={classes.tick} style={{ left: share(mark) }}>
              {formatNanos(mark)}
            </span>
          ))}
        </div>
      </div>
      <div
        ref={scroller}
        className={classes.rows}
        role="tree"
        aria-label="Spans"
        aria-activedescendant={selected === undefined ? undefined : `span-${selected}`}
        tabIndex={0}
        onKeyDown={onKeyDown}
        data-testid="waterfall"
      >
        <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            return row ? (
              <Row
                key={row.span.spanId}
                row={row}
                color={color(row.span.service)}
                top={item.start}
                left={share(row.offset)}
                width={share(row.span.durationNanos)}
                late={row.offset > waterfall.duration * 0.6}
                folded={folded.has(row.span.spanId)}
                selected={row.span.spanId === selected}
                dimmed={find !== '' && !mentions(row.span, find)}
                onFold={fold}
                onSelect={onSelect}
              />
            ) : null;
          })}
        </div>
      </div>
    </div>
  );
}

function Row({
  row,
  color,
  top,
  left,
  width,
  late,
  folded,
  selected,
  dimmed,
  onFold,
  onSelect,
}: {
  row: WaterfallRow;
  color: string;
  top: number;
  left: string;
  width: string;
  late: boolean;
  folded: boolean;
  selected: boolean;
  dimmed: boolean;
  onFold: (spanId: string, folding: boolean) => void;
  onSelect: (spanId: string) => void;
}) {
  const { span, depth, descendants } = row;
  const failed = span.status === 'ERROR';
  const Chevron = folded ? IconChevronRight : IconChevronDown;
  return (
    <div
      id={`span-${span.spanId}`}
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={selected}
      aria-expanded={descendants > 0 ? !folded : undefined}
      className={classes.row}
      data-selected={selected || undefined}
      data-dimmed={dimmed || undefined}
      data-testid="span"
      style={{ transform: `translateY(${top}px)`, height: ROW }}
      onClick={() => onSelect(span.spanId)}
    >
      <div
        className={classes.names}
        style={{ paddingLeft: 6 + Math.min(depth, MAX_INDENT) * INDENT }}
      >
        {descendants > 0 ? (
          <span
            className={classes.fold}
            title={
              folded ? `Show ${formatMany(descendants, 'span')} below` : 'Hide the spans below'
            }
            onClick={(event) => {
              event.stopPropagation();
              onFold(span.spanId, !folded);
            }}
          >
            <Chevron size={14} aria-hidden />
          </span>
        ) : (
          <span className={classes.fold} />
        )}
        <span className={classes.dot} style={{ background: color }} />
        {failed ? (
          <IconAlertCircleFilled size={14} className={classes.bad} role="img" aria-label="failed" />
        ) : null}
        {row.orphan ? (
          <span title="Its parent span is not in the trace">
            <IconUnlink size={13} className="muted" aria-hidden />
          </span>
        ) : null}
        <span className={classes.label} title={`${span.service} ${span.operation}`}>
          <strong>{span.service}</strong> {span.operation}
          {folded ? <span className="muted"> +{descendants}</span> : null}
        </span>
      </div>
      <div className={classes.track}>
        <span
          className={classes.bar}
          data-error={failed || undefined}
          style={{ left, width, background: failed ? undefined : color }}
        />
        <span
          className={classes.length}
          style={
            late
              ? { right: `calc(100% - ${left} + 6px)` }
              : { left: `calc(${left} + ${width} + 6px)` }
          }
        >
          {formatNanos(span.durationNanos)}
        </span>
      </div>
    </div>
  );
}

import { Loader } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { LogRow } from '../../api/logs';
import { formatClock, formatDateTime } from '../../time/window';
import { LogDetail } from './LogDetail';
import classes from './LogsPage.module.css';
import { pieces } from './query';

/** The rows found, drawn as far as they are seen; nearing the end asks for more. */
export function LogList({
  rows,
  words,
  dimmed,
  more,
  loadingMore,
  onMore,
  onNarrow,
  end,
}: {
  rows: readonly LogRow[];
  words: readonly string[];
  dimmed: boolean;
  more: boolean;
  loadingMore: boolean;
  onMore: () => void;
  onNarrow: (term: string) => void;
  end: string;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<LogRow>>(new Set());
  const virtual = useVirtualizer({
    count: rows.length + 1,
    getScrollElement: () => scroller.current,
    estimateSize: () => 26,
    overscan: 15,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const oneDay = useMemo(() => {
    const days = new Set(
      [rows[0], rows.at(-1)].map((row) => new Date(row?.time ?? 0).toDateString()),
    );
    return days.size === 1;
  }, [rows]);

  useEffect(() => {
    if (more && !loadingMore && last >= rows.length - 30) onMore();
  }, [more, loadingMore, last, rows.length, onMore]);

  const toggle = useCallback((row: LogRow) => {
    setOpen((before) => {
      const next = new Set(before);
      if (!next.delete(row)) next.add(row);
      return next;
    });
  }, []);

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'Escape') {
      const item = (event.target as HTMLElement).closest<HTMLElement>('[data-index]');
      const row = rows[Number(item?.dataset.index)];
      if (row && open.has(row)) {
        event.preventDefault();
        toggle(row);
        item?.querySelector<HTMLElement>('[data-line]')?.focus();
      }
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const lines = [...(scroller.current?.querySelectorAll<HTMLElement>('[data-line]') ?? [])];
    const at = lines.findIndex((line) => line === document.activeElement);
    const next = lines[at + step];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  };

  return (
    <div
      ref={scroller}
      className={classes.scroller}
      data-dimmed={dimmed || undefined}
      data-testid="log-rows"
      onKeyDown={onKeyDown}
    >
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {items.map((item) => {
          const row = rows[item.index];
          return (
            <div
              key={item.key}
              data-index={item.index}
              ref={virtual.measureElement}
              className={classes.item}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {row ? (
                <>
                  <Line
                    row={row}
                    words={words}
                    open={open.has(row)}
                    oneDay={oneDay}
                    onToggle={toggle}
                  />
                  {open.has(row) ? <LogDetail row={row} onNarrow={onNarrow} /> : null}
                </>
              ) : (
                <div className={classes.end}>
                  {more ? <Loader size="xs" aria-label="Loading more" /> : end}
                </div>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

const Line = memo(function Line({
  row,
  words,
  open,
  oneDay,
  onToggle,
}: {
  row: LogRow;
  words: readonly string[];
  open: boolean;
  oneDay: boolean;
  onToggle: (row: LogRow) => void;
}) {
  const [firstLine = ''] = row.body.split('\n', 1);
  return (
    <button
      type="button"
      className={classes.line}
      data-line
      data-testid="log-row"
      data-level={row.level}
      aria-expanded={open}
      onClick={() => onToggle(row)}
    >
      <span className={classes.time} title={formatDateTime(row.time, 'millis')}>
        {oneDay ? formatClock(row.time, 'millis') : formatDateTime(row.time, 'millis')}
      </span>
      <span className={classes.level}>{row.level ?? row.severity ?? ''}</span>
      <span className={classes.service}>{row.service}</span>
      <span className={classes.body}>
        {pieces(firstLine.slice(0, 1000), words).map((piece, at) =>
          piece.marked ? <mark key={at}>{piece.text}</mark> : piece.text,
        )}
        {row.body.length > firstLine.length ? <span className="muted"> ↵</span> : null}
      </span>
    </button>
  );
});

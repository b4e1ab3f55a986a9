import { CloseButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { formatClock, type WindowExpression, writeMoment } from '../../time/window';
import { formatNanos } from '../../units';
import { Tag } from '../../ui/Badges';
import { isTyping } from '../../ui/keys';
import classes from './TracePage.module.css';
import type { WaterfallRow } from './waterfall';

export function SpanDetail({
  row,
  traceId,
  color,
  around,
  onClose,
}: {
  row: WaterfallRow;
  traceId: string;
  color: string;
  around: WindowExpression;
  onClose: () => void;
}) {
  const { span } = row;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !isTyping(event.target)) onClose();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [onClose]);
  const range = { from: writeMoment(around.from), to: writeMoment(around.to) };

  return (
    <aside className={classes.detail} aria-label="Span" data-testid="span-detail">
      <div className={classes.detailHead}>
        <span className={classes.dot} style={{ background: color }} />
        <h2>{span.operation || span.spanId}</h2>
        <CloseButton aria-label="Close" onClick={onClose} />
      </div>
      <div className={classes.detailBody}>
        <p className={classes.detailFacts}>
          <strong>{span.service}</strong> · {span.kind.toLowerCase()} ·{' '}
          {formatNanos(span.durationNanos)} · at +{formatNanos(row.offset)}{' '}
          {span.status === 'UNSET' ? null : (
            <Tag tone={span.status === 'ERROR' ? 'bad' : 'ok'}>{span.status}</Tag>
          )}
        </p>
        {span.statusMessage ? <p className={classes.bad}>{span.statusMessage}</p> : null}
        {row.orphan ? (
          <p className="muted">Its parent {span.parentSpanId} is not in the trace.</p>
        ) : null}
        {row.skewed ? (
          <p className="muted">It starts before its parent: the clocks of two machines differ.</p>
        ) : null}
        <p className={classes.detailLinks}>
          <Link to="/logs" search={{ ...range, q: `trace_id:${traceId}` }}>
            Log lines of the trace
          </Link>
          <Link
            to="/logs"
            search={{ ...range, service: span.resource['service.name'] ?? span.service }}
          >
            of the service
          </Link>
          <Link to="/traces" search={{ service: span.service, operation: span.operation }}>
            Traces like this
          </Link>
        </p>
        <Pairs title="Attributes" pairs={span.attributes} />
        {span.events.length > 0 ? (
          <section>
            <h3>Events</h3>
            {span.events.map((event, at) => (
              <div key={at} className={classes.event}>
                <div>
                  <span className="muted mono">{formatClock(event.time, 'millis')}</span>{' '}
                  <strong>{event.name}</strong>
                </div>
                <Pairs pairs={event.attributes} />
              </div>
            ))}
          </section>
        ) : null}
        {span.links.length > 0 ? (
          <section>
            <h3>Links</h3>
            <ul className={classes.linkList}>
              {span.links.map((link) => (
                <li key={`${link.traceId} ${link.spanId}`}>
                  <Link
                    to="/traces/$traceId"
                    params={{ traceId: link.traceId }}
                    search={{ span: link.spanId }}
                    className="mono"
                  >
                    {link.traceId}
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        ) : null}
        <Pairs title="Resource" pairs={span.resource} />
        <Pairs
          title="Identity"
          pairs={{
            'span id': span.spanId,
            ...(span.parentSpanId ? { 'parent span id': span.parentSpanId } : {}),
          }}
        />
      </div>
    </aside>
  );
}

function Pairs({ title, pairs }: { title?: string; pairs: Readonly<Record<string, string>> }) {
  const entries = Object.entries(pairs).sort(([a], [b]) => a.localeCompare(b));
  if (entries.length === 0) return null;
  return (
    <section>
      {title === undefined ? null : <h3>{title}</h3>}
      <dl className={classes.pairs}>
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

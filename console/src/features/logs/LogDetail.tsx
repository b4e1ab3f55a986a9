import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy, IconMinus, IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { LogRow } from '../../api/logs';
import { formatDateTime } from '../../time/window';
import classes from './LogsPage.module.css';
import { term } from './query';

/** Everything a record says, each value ready to search for or to leave out. */
export function LogDetail({ row, onNarrow }: { row: LogRow; onNarrow: (term: string) => void }) {
  return (
    <div className={classes.detail} data-testid="log-detail">
      <div className={classes.bodyBox}>
        <pre className={classes.fullBody}>{row.body}</pre>
        <CopyButton value={row.body}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? 'Copied' : 'Copy the line'}>
              <ActionIcon variant="subtle" color="gray" onClick={copy} aria-label="Copy the line">
                {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      </div>
      <div className={classes.links}>
        {row.traceId ? (
          <Link
            to="/traces/$traceId"
            params={{ traceId: row.traceId }}
            search={row.spanId ? { span: row.spanId } : {}}
          >
            Trace {row.traceId.slice(0, 8)}…
          </Link>
        ) : null}
        {row.traceId ? (
          <button
            type="button"
            className={classes.linkButton}
            onClick={() => onNarrow(term('trace_id', row.traceId ?? ''))}
          >
            Lines of this trace
          </button>
        ) : null}
      </div>
      <Fields
        title="Record"
        fields={{
          time: formatDateTime(row.time, 'millis'),
          ...(row.observedTime ? { observed: formatDateTime(row.observedTime, 'millis') } : {}),
          ...(row.severity ? { severity: row.severity } : {}),
          ...(row.traceId ? { trace_id: row.traceId } : {}),
          ...(row.spanId ? { span_id: row.spanId } : {}),
        }}
        searchable={(name) => ['severity', 'trace_id'].includes(name)}
        onNarrow={onNarrow}
      />
      <Fields title="Attributes" fields={row.attributes} onNarrow={onNarrow} />
      <Fields title="Resource" fields={row.resource} onNarrow={onNarrow} />
    </div>
  );
}

function Fields({
  title,
  fields,
  searchable = () => true,
  onNarrow,
}: {
  title: string;
  fields: Readonly<Record<string, string>>;
  searchable?: (name: string) => boolean;
  onNarrow: (term: string) => void;
}) {
  const entries = Object.entries(fields).sort(([a], [b]) => a.localeCompare(b));
  if (entries.length === 0) return null;
  return (
    <section>
      <h3 className={classes.fieldsTitle}>{title}</h3>
      <dl className={classes.fields}>
        {entries.map(([name, value]) => (
          <div key={name} className={classes.field}>
            <dt>{name}</dt>
            <dd>
              <span className={classes.value}>{value}</span>
              {searchable(name) ? (
                <span className={classes.acts}>
                  <ActionIcon
                    size="xs"
                    variant="subtle"
                    aria-label={`Only lines with ${name} ${value}`}
                    title="Only lines with this"
                    onClick={() => onNarrow(term(name, value))}
                  >
                    <IconPlus size={13} />
                  </ActionIcon>
                  <ActionIcon
                    size="xs"
                    variant="subtle"
                    aria-label={`No lines with ${name} ${value}`}
                    title="No lines with this"
                    onClick={() => onNarrow(`NOT ${term(name, value)}`)}
                  >
                    <IconMinus size={13} />
                  </ActionIcon>
                </span>
              ) : null}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

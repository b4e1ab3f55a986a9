import type { AlarmState, Severity } from '../api/alarms';
import classes from './Badges.module.css';

type Tone = 'ok' | 'warn' | 'bad' | 'critical' | 'info' | 'plain';

export function Tag({ tone, children }: { tone: Tone; children: string }) {
  return <span className={`${classes.tag} ${classes[tone] ?? ''}`}>{children}</span>;
}

const SEVERITY_TONE: Record<Severity, Tone> = {
  critical: 'critical',
  major: 'bad',
  minor: 'warn',
  info: 'info',
};

export function SeverityTag({ severity }: { severity: Severity }) {
  return <Tag tone={SEVERITY_TONE[severity]}>{severity}</Tag>;
}

const STATE_TONE: Record<AlarmState, Tone> = { firing: 'bad', pending: 'warn', resolved: 'ok' };

export function AlarmStateTag({ state }: { state: AlarmState }) {
  return <Tag tone={STATE_TONE[state]}>{state}</Tag>;
}

/** Name and value pairs on one line each or wrapped, as labels are written. */
export function LabelList({ labels }: { labels: Readonly<Record<string, string>> }) {
  return (
    <span className={classes.labels}>
      {Object.entries(labels).map(([name, value]) => (
        <span key={name} className={classes.label}>
          <span className={classes.labelName}>{name}=</span>
          {value}
        </span>
      ))}
    </span>
  );
}

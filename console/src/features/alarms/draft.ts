/** A rule while it is being written: as texts, and checked into what the service takes. Pure. */
import type { AlarmRule, AlarmRuleDraft, Severity } from '../../api/alarms';
import { parseSpan, writeSpan } from '../../time/window';
import { millis } from '../../units';

export interface RuleForm {
  readonly name: string;
  readonly enabled: boolean;
  readonly promql: string;
  readonly holdFor: string;
  readonly keepFor: string;
  readonly interval: string;
  readonly severity: Severity;
  /** One `name=value` a line. */
  readonly labels: string;
  readonly summary: string;
  readonly description: string;
  /** One webhook address a line. */
  readonly webhooks: string;
}

export const EMPTY_FORM: RuleForm = {
  name: '',
  enabled: true,
  promql: '',
  holdFor: '1m',
  keepFor: '0s',
  interval: '2s',
  severity: 'major',
  labels: '',
  summary: '',
  description: '',
  webhooks: '',
};

const span = (seconds: number) => (seconds === 0 ? '0s' : writeSpan(millis(seconds * 1000)));

export function formOf(rule: AlarmRule): RuleForm {
  return {
    name: rule.name,
    enabled: rule.enabled,
    promql: rule.condition.promql,
    holdFor: span(rule.forSeconds),
    keepFor: span(rule.keepFiringForSeconds),
    interval: span(rule.intervalSeconds),
    severity: rule.severity,
    labels: Object.entries(rule.labels)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n'),
    summary: rule.annotations.summary ?? '',
    description: rule.annotations.description ?? '',
    webhooks: rule.receivers
      .flatMap(({ type, url }) => (type === 'webhook' && url ? [url] : []))
      .join('\n'),
  };
}

export type FormErrors = Partial<Record<keyof RuleForm, string>>;

const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/**
 * The rule that `form` describes, or what is wrong with it, field by field. What the form does not
 * show of `before` (other annotations, other kinds of receivers) is kept.
 */
export function draftOf(
  form: RuleForm,
  before?: AlarmRule,
): { draft: AlarmRuleDraft } | { errors: FormErrors } {
  const errors: Partial<Record<keyof RuleForm, string>> = {};
  if (form.name.trim() === '') errors.name = 'A rule needs a name.';
  if (form.promql.trim() === '') errors.promql = 'A rule needs a condition.';

  const seconds = (field: 'holdFor' | 'keepFor' | 'interval', least: number) => {
    const parsed = parseSpan(form[field]);
    if (parsed === undefined || parsed / 1000 < least) {
      errors[field] =
        `Expected a time such as 30s, 5m or 1h${least > 0 ? `, at least ${least}s` : ''}.`;
      return least;
    }
    return parsed / 1000;
  };
  const forSeconds = seconds('holdFor', 0);
  const keepFiringForSeconds = seconds('keepFor', 0);
  const intervalSeconds = seconds('interval', 1);

  const labels: Record<string, string> = {};
  for (const line of lines(form.labels)) {
    const [, name, value] = /^([a-zA-Z_][\w.]*)\s*=\s*(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      errors.labels = `Expected name=value, not "${line}".`;
      break;
    }
    labels[name] = value;
  }

  const urls = lines(form.webhooks);
  const wrong = urls.find((url) => !/^https?:\/\/[^\s/]+/.test(url));
  if (wrong !== undefined) errors.webhooks = `Expected an http or https address, not "${wrong}".`;

  if (Object.keys(errors).length > 0) return { errors };

  const annotations: Record<string, string> = { ...before?.annotations };
  for (const name of ['summary', 'description'] as const) {
    const text = form[name].trim();
    if (text === '') Reflect.deleteProperty(annotations, name);
    else annotations[name] = text;
  }
  return {
    draft: {
      name: form.name.trim(),
      enabled: form.enabled,
      condition: { promql: form.promql.trim() },
      forSeconds,
      keepFiringForSeconds,
      intervalSeconds,
      severity: form.severity,
      labels,
      annotations,
      receivers: [
        ...(before?.receivers.filter(({ type }) => type !== 'webhook') ?? []),
        ...urls.map((url) => ({ type: 'webhook', url })),
      ],
    },
  };
}

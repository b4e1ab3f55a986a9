import { z } from './zod';
import { NoContent, request } from './http';
import { Attributes, OptionalText, OptionalTime, Time } from './shapes';

export const SEVERITIES = ['critical', 'major', 'minor', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];
export const ALARM_STATES = ['pending', 'firing', 'resolved'] as const;
export type AlarmState = (typeof ALARM_STATES)[number];

const Severity = z.enum(SEVERITIES);
const State = z.enum(ALARM_STATES);
const OptionalNumber = z
  .union([z.number(), z.string().transform(Number)])
  .nullish()
  .transform((value) => value ?? undefined);

const Alarm = z.object({
  id: z.string(),
  ruleId: z.string(),
  ruleName: z.string(),
  severity: Severity,
  state: State,
  labels: Attributes,
  annotations: Attributes,
  value: OptionalNumber,
  startedAt: Time,
  firedAt: OptionalTime,
  resolvedAt: OptionalTime,
  history: z
    .array(z.object({ state: State, at: Time, value: OptionalNumber }))
    .nullish()
    .transform((value) => value ?? []),
});
export type Alarm = z.infer<typeof Alarm>;

const AlarmsAnswer = z.object({ alarms: z.array(Alarm), cursor: OptionalText });

export interface AlarmQuery {
  readonly state?: string | undefined;
  readonly severity?: string | undefined;
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

export interface AlarmPage {
  readonly alarms: readonly Alarm[];
  readonly cursor: string | undefined;
}

export function listAlarms(
  query: AlarmQuery,
  page: { readonly limit: number; readonly cursor?: string | undefined },
  signal?: AbortSignal,
): Promise<AlarmPage> {
  return request('/api/v1/alarms', AlarmsAnswer, {
    query: { ...query, limit: page.limit, cursor: page.cursor },
    signal,
  });
}

export function getAlarm(id: string, signal?: AbortSignal): Promise<Alarm> {
  return request(`/api/v1/alarms/${encodeURIComponent(id)}`, Alarm, { signal });
}

const Receiver = z.looseObject({ type: z.string(), url: OptionalText });

const AlarmRule = z.object({
  id: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  condition: z.object({ promql: z.string() }),
  forSeconds: z.number().default(0),
  /** How long an alarm goes on firing after its condition stopped holding. */
  keepFiringForSeconds: z.number().default(0),
  intervalSeconds: z.number(),
  severity: Severity,
  labels: Attributes,
  annotations: Attributes,
  receivers: z
    .array(Receiver)
    .nullish()
    .transform((value) => value ?? []),
  version: z.union([z.number(), z.string()]),
});
export type AlarmRule = z.infer<typeof AlarmRule>;

/** A rule as a person writes it: the service adds id and version. */
export type AlarmRuleDraft = Omit<AlarmRule, 'id' | 'version'>;

const RulesAnswer = z.object({ rules: z.array(AlarmRule), cursor: OptionalText });

/** Every rule, page after page. */
export async function listRules(signal?: AbortSignal): Promise<AlarmRule[]> {
  const rules: AlarmRule[] = [];
  let cursor: string | undefined;
  do {
    const page: z.infer<typeof RulesAnswer> = await request('/api/v1/alarm-rules', RulesAnswer, {
      query: { cursor },
      signal,
    });
    rules.push(...page.rules);
    cursor = page.rules.length > 0 ? page.cursor : undefined;
  } while (cursor !== undefined);
  return rules;
}

export function createRule(draft: AlarmRuleDraft): Promise<AlarmRule> {
  return request('/api/v1/alarm-rules', AlarmRule, { method: 'POST', body: draft });
}

/** Replaces a rule; refused with 409 or 412 if `rule.version` is no longer the newest. */
export function replaceRule(rule: AlarmRule): Promise<AlarmRule> {
  return request(`/api/v1/alarm-rules/${encodeURIComponent(rule.id)}`, AlarmRule, {
    method: 'PUT',
    body: rule,
  });
}

export function deleteRule(id: string): Promise<undefined> {
  return request(`/api/v1/alarm-rules/${encodeURIComponent(id)}`, NoContent, { method: 'DELETE' });
}

import { describe, expect, test } from 'vitest';
import type { AlarmRule } from '../../api/alarms';
import { draftOf, EMPTY_FORM, formOf, type RuleForm } from './draft';

const good: RuleForm = { ...EMPTY_FORM, name: 'Slow', promql: 'up == 0' };

const rule: AlarmRule = {
  id: '1',
  version: 3,
  name: 'Slow',
  enabled: false,
  condition: { promql: 'latency > 1' },
  forSeconds: 90,
  keepFiringForSeconds: 300,
  intervalSeconds: 60,
  severity: 'minor',
  labels: { team: 'shop', tier: 'a=b' },
  annotations: { summary: 'slow', runbook: 'https://wiki/slow' },
  receivers: [
    { type: 'webhook', url: 'http://127.0.0.1:9/hook' },
    { type: 'mail', url: undefined },
  ],
};

describe('what is wrong with a form', () => {
  test.each([
    ['no name', { name: ' ' }, 'name'],
    ['no condition', { promql: '' }, 'promql'],
    ['no time', { holdFor: 'soon' }, 'holdFor'],
    ['no interval at all', { interval: '0s' }, 'interval'],
    ['a label without a value', { labels: 'team' }, 'labels'],
    ['a label with a bad name', { labels: '1=2' }, 'labels'],
    ['an address that is none', { webhooks: 'example' }, 'webhooks'],
  ] as [string, Partial<RuleForm>, string][])('%s', (_situation, change, field) => {
    const result = draftOf({ ...good, ...change });
    expect('errors' in result && Object.keys(result.errors)).toEqual([field]);
  });

  test('nothing', () => {
    expect(draftOf({ ...good, holdFor: '0s' })).toMatchObject({ draft: { forSeconds: 0 } });
  });
});

test('a rule survives being shown and written again', () => {
  const result = draftOf(formOf(rule), rule);
  const { receivers } = rule;
  expect('draft' in result && { ...result.draft, id: '1', version: 3 }).toEqual({
    ...rule,
    receivers: [...receivers].reverse(),
  });
});

test('clearing the summary removes it and keeps what the form does not show', () => {
  const result = draftOf({ ...formOf(rule), summary: '' }, rule);
  expect('draft' in result && result.draft.annotations).toEqual({ runbook: 'https://wiki/slow' });
});

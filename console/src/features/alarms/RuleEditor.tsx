import {
  Button,
  Drawer,
  Group,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import {
  type AlarmRule,
  type AlarmRuleDraft,
  createRule,
  replaceRule,
  SEVERITIES,
} from '../../api/alarms';
import { ProblemError } from '../../api/problem';
import { queryInstant } from '../../api/prometheus';
import { formatCount } from '../../units';
import { LabelList } from '../../ui/Badges';
import { Notes, ProblemPanel } from '../../ui/states';
import classes from './AlarmsPage.module.css';
import { draftOf, EMPTY_FORM, type FormErrors, formOf, type RuleForm } from './draft';

/** Writes a rule; `rule` is the one being changed, or none for a new one. */
export function RuleEditor({
  rule,
  editable,
  onClose,
  onSaved,
}: {
  rule?: AlarmRule;
  editable: boolean;
  onClose: () => void;
  onSaved: () => Promise<void>;
}) {
  const [form, setForm] = useState<RuleForm>(() => (rule ? formOf(rule) : EMPTY_FORM));
  const [errors, setErrors] = useState<FormErrors>({});
  // The keyboard goes on where it was.
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      if (opener instanceof HTMLElement) opener.focus();
    },
    [opener],
  );
  const save = useMutation({
    mutationFn: (draft: AlarmRuleDraft) =>
      rule ? replaceRule({ ...draft, id: rule.id, version: rule.version }) : createRule(draft),
    onSuccess: onClose,
    onSettled: onSaved,
  });
  const set = <K extends keyof RuleForm>(field: K, value: RuleForm[K]) => {
    setForm((before) => ({ ...before, [field]: value }));
    setErrors((before) => ({ ...before, [field]: undefined }));
  };
  const text = (field: Exclude<keyof RuleForm, 'enabled' | 'severity'>) => ({
    value: form[field],
    error: errors[field],
    readOnly: !editable,
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      set(field, event.currentTarget.value),
  });

  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={rule ? (editable ? 'Edit rule' : 'Rule') : 'New rule'}
      data-testid="rule-editor"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const result = draftOf(form, rule);
          if ('errors' in result) setErrors(result.errors);
          else save.mutate(result.draft);
        }}
      >
        <Stack gap="sm">
          <TextInput label="Name" data-autofocus required {...text('name')} />
          <Textarea
            label="Condition"
            description="A PromQL expression. Every series it returns is an alarm."
            placeholder="sum by (service_name) (rate(http_server_errors_total[5m])) > 1"
            autosize
            minRows={2}
            maxRows={8}
            required
            styles={{ input: { fontFamily: 'var(--mono)', fontSize: 13 } }}
            {...text('promql')}
          />
          <Trial promql={form.promql} />
          <SimpleGrid cols={{ base: 2, sm: 4 }}>
            <TextInput label="Holds for" {...text('holdFor')} />
            <TextInput label="Then fires on for" {...text('keepFor')} />
            <TextInput label="Checked every" {...text('interval')} />
            <Select
              label="Severity"
              data={[...SEVERITIES]}
              allowDeselect={false}
              readOnly={!editable}
              value={form.severity}
              onChange={(value) => {
                const severity = SEVERITIES.find((known) => known === value);
                if (severity) set('severity', severity);
              }}
            />
          </SimpleGrid>
          <TextInput label="Summary" {...text('summary')} />
          <Textarea label="Description" autosize minRows={2} {...text('description')} />
          <Textarea
            label="Labels"
            description="One name=value a line, added to every alarm of the rule."
            autosize
            minRows={1}
            styles={{ input: { fontFamily: 'var(--mono)', fontSize: 13 } }}
            {...text('labels')}
          />
          <Textarea
            label="Webhooks"
            description="One address a line. Each gets the alarms as Alertmanager sends them."
            placeholder="https://example.org/hook"
            autosize
            minRows={1}
            styles={{ input: { fontFamily: 'var(--mono)', fontSize: 13 } }}
            {...text('webhooks')}
          />
          <Switch
            label="Enabled"
            checked={form.enabled}
            disabled={!editable}
            onChange={(event) => set('enabled', event.currentTarget.checked)}
          />
          {save.isError ? <ProblemPanel error={save.error} /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {editable ? 'Cancel' : 'Close'}
            </Button>
            {editable ? (
              <Button type="submit" loading={save.isPending} data-testid="save-rule">
                {rule ? 'Save' : 'Create'}
              </Button>
            ) : null}
          </Group>
        </Stack>
      </form>
    </Drawer>
  );
}

/** What the condition returns now, on request. */
function Trial({ promql }: { promql: string }) {
  const [asked, setAsked] = useState<{ promql: string; at: number }>();
  const trial = useQuery({
    queryKey: ['promql', 'trial', asked],
    queryFn: ({ signal }) => queryInstant(asked?.promql ?? '', asked?.at ?? 0, signal),
    enabled: asked !== undefined,
    retry: false,
  });
  const result = trial.data?.data;
  const series = result?.resultType === 'vector' ? result.result : [];
  return (
    <div className={classes.trial}>
      <Button
        size="compact-xs"
        variant="light"
        disabled={promql.trim() === ''}
        loading={trial.isFetching}
        onClick={() => setAsked({ promql: promql.trim(), at: Date.now() })}
      >
        Try it now
      </Button>
      {trial.isError ? (
        <Text size="xs" className={classes.trialBad} role="alert">
          {ProblemError.of(trial.error).message}
        </Text>
      ) : result ? (
        <Text size="xs" component="div" role="status">
          {result.resultType !== 'vector'
            ? `This returns a ${result.resultType}, not series.`
            : series.length === 0
              ? 'No series now: no alarm.'
              : `${series.length} ${series.length === 1 ? 'alarm' : 'alarms'} now:`}
          {series.slice(0, 4).map(({ metric, value }, at) => (
            <div key={at}>
              <LabelList labels={metric} /> {value ? formatCount(value.value) : ''}
            </div>
          ))}
        </Text>
      ) : null}
      <Notes notes={trial.data?.notes ?? []} />
    </div>
  );
}

import { ActionIcon, Button, Group, Modal, Switch, Text, Tooltip } from '@mantine/core';
import { IconBellCog, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactElement, useState } from 'react';
import { type AlarmRule, deleteRule, listRules, replaceRule } from '../../api/alarms';
import { mayEdit } from '../../api/identity';
import { formatSeconds } from '../../units';
import { SeverityTag } from '../../ui/Badges';
import { useIdentity } from '../../ui/identity';
import { Page, Panel } from '../../ui/Page';
import { EmptyState, ProblemPanel, RowsSkeleton } from '../../ui/states';
import table from '../../ui/table.module.css';
import { one, type RawSearch, useUrlState } from '../../ui/url';
import { useTimeWindow } from '../../ui/windowState';
import classes from './AlarmsPage.module.css';
import { AlarmsTabs } from './AlarmsTabs';
import { RuleEditor } from './RuleEditor';

const decode = (raw: RawSearch) => ({ rule: one(raw, 'rule') });

export function RulesPage(): ReactElement {
  const { now } = useTimeWindow();
  const identity = useIdentity();
  const queries = useQueryClient();
  const [{ rule: wanted }, patch] = useUrlState(decode);
  const [removing, setRemoving] = useState<AlarmRule>();
  const rules = useQuery({
    queryKey: ['alarm-rules', now],
    queryFn: ({ signal }) => listRules(signal),
    placeholderData: keepPreviousData,
  });
  const changed = () => queries.invalidateQueries({ queryKey: ['alarm-rules'] });
  const toggle = useMutation({ mutationFn: replaceRule, onSettled: changed });
  const remove = useMutation({
    mutationFn: deleteRule,
    onSuccess: () => setRemoving(undefined),
    onSettled: changed,
  });
  const editable = mayEdit(identity);
  const close = () => patch({ rule: undefined }, { replace: true });
  const edited = rules.data?.find(({ id }) => id === wanted);

  return (
    <Page title="Alarms" beside={<AlarmsTabs />}>
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          A rule raises an alarm for each series that its condition returns, once it held long
          enough.
        </Text>
        <Tooltip label="Your key may only read" disabled={editable}>
          <Button
            size="xs"
            leftSection={<IconPlus size={14} />}
            disabled={!editable}
            onClick={() => patch({ rule: 'new' })}
            data-testid="new-rule"
          >
            New rule
          </Button>
        </Tooltip>
      </Group>
      {toggle.isError ? <ProblemPanel error={toggle.error} /> : null}
      <Panel flush testId="rules">
        {rules.isPending ? (
          <RowsSkeleton />
        ) : rules.isError ? (
          <ProblemPanel error={rules.error} onRetry={() => void rules.refetch()} />
        ) : rules.data.length === 0 ? (
          <EmptyState title="No rules yet" icon={<IconBellCog size={32} />}>
            For example: <code>up == 0</code> for 1m, or a share of failed calls above 5%.
          </EmptyState>
        ) : (
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">Enabled</th>
                <th scope="col">Name</th>
                <th scope="col">Severity</th>
                <th scope="col">Condition</th>
                <th scope="col">For</th>
                <th scope="col">Every</th>
                <th scope="col">
                  <span className="sr-only">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rules.data.map((rule) => (
                <tr key={rule.id} data-testid="rule">
                  <td>
                    <Switch
                      size="sm"
                      aria-label={`${rule.name} is enabled`}
                      checked={
                        toggle.isPending && toggle.variables.id === rule.id
                          ? toggle.variables.enabled
                          : rule.enabled
                      }
                      disabled={!editable}
                      onChange={(event) =>
                        toggle.mutate({ ...rule, enabled: event.currentTarget.checked })
                      }
                    />
                  </td>
                  <td className={classes.ruleName}>{rule.name}</td>
                  <td>
                    <SeverityTag severity={rule.severity} />
                  </td>
                  <td className={classes.promql}>
                    <Link
                      to="/metrics"
                      search={{ q: rule.condition.promql }}
                      className="mono"
                      title="Show it in Metrics"
                    >
                      {rule.condition.promql}
                    </Link>
                  </td>
                  <td className={classes.nowrap}>{formatSeconds(rule.forSeconds)}</td>
                  <td className={classes.nowrap}>{formatSeconds(rule.intervalSeconds)}</td>
                  <td className={classes.acts}>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={`Edit ${rule.name}`}
                      onClick={() => patch({ rule: rule.id })}
                    >
                      <IconPencil size={16} />
                    </ActionIcon>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={`Delete ${rule.name}`}
                      disabled={!editable}
                      onClick={() => {
                        remove.reset();
                        setRemoving(rule);
                      }}
                    >
                      <IconTrash size={16} />
                    </ActionIcon>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Panel>
      <Modal
        opened={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title="Delete this rule?"
        size="md"
      >
        <Text size="sm">
          {removing?.name} will not be evaluated any more, and its open alarms end.
        </Text>
        {remove.isError ? <ProblemPanel error={remove.error} /> : null}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setRemoving(undefined)}>
            Keep it
          </Button>
          <Button
            color="red.8"
            loading={remove.isPending}
            onClick={() => {
              if (removing) remove.mutate(removing.id);
            }}
            data-testid="confirm-delete"
          >
            Delete
          </Button>
        </Group>
      </Modal>
      {wanted === 'new' ? (
        <RuleEditor key="new" editable={editable} onClose={close} onSaved={changed} />
      ) : edited ? (
        <RuleEditor
          key={edited.id}
          rule={edited}
          editable={editable}
          onClose={close}
          onSaved={changed}
        />
      ) : null}
    </Page>
  );
}

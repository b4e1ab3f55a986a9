import {
  ActionIcon,
  Button,
  Group,
  Menu,
  Popover,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Tooltip,
} from '@mantine/core';
import {
  IconChevronDown,
  IconChevronLeft,
  IconChevronRight,
  IconClock,
  IconRefresh,
  IconZoomOut,
} from '@tabler/icons-react';
import { useIsFetching } from '@tanstack/react-query';
import { useState } from 'react';
import {
  describeWindow,
  fixedWindow,
  formatDateTime,
  NOW,
  shiftWindow,
  type TimeWindow,
  toLocalInput,
  zoomOut,
} from '../time/window';
import { millis } from '../units';
import { useTimeWindow } from './windowState';

const PRESETS = [
  ['5m', 5],
  ['15m', 15],
  ['30m', 30],
  ['1h', 60],
  ['3h', 180],
  ['6h', 360],
  ['12h', 720],
  ['1d', 1440],
  ['2d', 2880],
  ['7d', 10_080],
  ['14d', 20_160],
  ['30d', 43_200],
] as const;

const REFRESHES = [0, 5, 10, 30, 60, 300] as const;
const refreshName = (seconds: number) =>
  seconds === 0 ? 'Off' : seconds < 60 ? `${seconds} s` : `${seconds / 60} min`;

/** Time range, moving through time, refresh and auto refresh. */
export function WindowControls() {
  const { expression, window, now, setExpression, refresh, refreshSeconds, setRefreshSeconds } =
    useTimeWindow();
  const [opened, setOpened] = useState(false);
  const fetching = useIsFetching() > 0;
  const go = (to: TimeWindow) => setExpression(fixedWindow(to.start, to.end));

  return (
    <Group gap={6} role="group" aria-label="Time range">
      <ActionIcon.Group>
        <Tooltip label="Back by half the range">
          <ActionIcon
            variant="default"
            size={34}
            aria-label="Back by half the range"
            onClick={() => go(shiftWindow(window, -0.5))}
          >
            <IconChevronLeft size={16} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Forward by half the range">
          <ActionIcon
            variant="default"
            size={34}
            aria-label="Forward by half the range"
            onClick={() => go(shiftWindow(window, 0.5))}
          >
            <IconChevronRight size={16} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Twice the range">
          <ActionIcon
            variant="default"
            size={34}
            aria-label="Twice the range"
            onClick={() => go(zoomOut(window, millis(Math.max(now, window.end))))}
          >
            <IconZoomOut size={16} />
          </ActionIcon>
        </Tooltip>
      </ActionIcon.Group>
      <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus shadow="md">
        <Popover.Target>
          <Button
            variant="default"
            size="sm"
            h={34}
            fw={500}
            leftSection={<IconClock size={16} />}
            rightSection={<IconChevronDown size={14} />}
            onClick={() => setOpened((before) => !before)}
            data-testid="window-button"
            title={`${formatDateTime(window.start)} to ${formatDateTime(window.end)}`}
          >
            {describeWindow(expression)}
          </Button>
        </Popover.Target>
        <Popover.Dropdown w={340}>
          <WindowForm
            key={`${window.start} ${window.end}`}
            window={window}
            onPreset={(span) => {
              setOpened(false);
              setExpression({ from: { kind: 'ago', back: span }, to: NOW });
            }}
            onFixed={(start, end) => {
              setOpened(false);
              setExpression(fixedWindow(start, end));
            }}
          />
        </Popover.Dropdown>
      </Popover>
      <Button.Group>
        <Tooltip label="Refresh (r)">
          <Button
            variant="default"
            size="sm"
            h={34}
            px={10}
            onClick={refresh}
            aria-label="Refresh"
            data-testid="refresh"
            data-fetching={fetching || undefined}
          >
            <IconRefresh size={16} className={fetching ? 'spin' : undefined} />
          </Button>
        </Tooltip>
        <Menu position="bottom-end" shadow="md">
          <Menu.Target>
            <Button
              variant="default"
              size="sm"
              h={34}
              px={8}
              fw={500}
              rightSection={<IconChevronDown size={14} />}
              aria-label={`Auto refresh: ${refreshName(refreshSeconds)}`}
            >
              {refreshSeconds > 0 ? refreshName(refreshSeconds) : ''}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>Auto refresh</Menu.Label>
            {REFRESHES.map((seconds) => (
              <Menu.Item
                key={seconds}
                fw={seconds === refreshSeconds ? 700 : 400}
                onClick={() => setRefreshSeconds(seconds)}
              >
                {refreshName(seconds)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Button.Group>
    </Group>
  );
}

function WindowForm({
  window,
  onPreset,
  onFixed,
}: {
  window: TimeWindow;
  onPreset: (span: ReturnType<typeof millis>) => void;
  onFixed: (start: number, end: number) => void;
}) {
  const [from, setFrom] = useState(() => toLocalInput(window.start));
  const [to, setTo] = useState(() => toLocalInput(window.end));
  const [error, setError] = useState<string>();

  const apply = () => {
    const start = Date.parse(from);
    const end = Date.parse(to);
    if (Number.isNaN(start) || Number.isNaN(end)) setError('Both times are needed.');
    else if (end <= start) setError('The end must be after the start.');
    else onFixed(start, end);
  };

  return (
    <Stack gap="sm">
      <SimpleGrid cols={4} spacing={6} verticalSpacing={6}>
        {PRESETS.map(([name, minutes]) => (
          <Button
            key={name}
            size="compact-sm"
            variant="light"
            aria-label={`Last ${name}`}
            onClick={() => onPreset(millis(minutes * 60e3))}
          >
            {name}
          </Button>
        ))}
      </SimpleGrid>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          apply();
        }}
      >
        <Stack gap="xs">
          <TextInput
            label="From"
            type="datetime-local"
            step={1}
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
          />
          <TextInput
            label="To"
            type="datetime-local"
            step={1}
            value={to}
            error={error}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
          <Group justify="space-between">
            <Text size="xs" c="dimmed">
              {Intl.DateTimeFormat().resolvedOptions().timeZone}
            </Text>
            <Button size="xs" type="submit">
              Show this range
            </Button>
          </Group>
        </Stack>
      </form>
    </Stack>
  );
}

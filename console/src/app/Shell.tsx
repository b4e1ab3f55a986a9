import {
  ActionIcon,
  Group,
  Kbd,
  Menu,
  Modal,
  Table,
  Tooltip,
  useMantineColorScheme,
} from '@mantine/core';
import {
  IconBell,
  IconChartLine,
  IconFileText,
  IconKeyboard,
  IconLayoutDashboard,
  IconLogout,
  IconMoon,
  IconSun,
  IconSunMoon,
  IconTimeline,
  IconTopologyStar3,
  IconUserCircle,
} from '@tabler/icons-react';
import { useIsFetching } from '@tanstack/react-query';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { endSession } from '../api/session';
import type { Identity } from '../api/identity';
import { IdentityContext } from '../ui/identity';
import { focusSearch, isTyping } from '../ui/keys';
import { WindowProvider } from '../ui/WindowProvider';
import { useTimeWindow } from '../ui/windowState';
import classes from './Shell.module.css';

const VIEWS = [
  { to: '/', key: 'o', name: 'Overview', icon: IconLayoutDashboard },
  { to: '/metrics', key: 'm', name: 'Metrics', icon: IconChartLine },
  { to: '/logs', key: 'l', name: 'Logs', icon: IconFileText },
  { to: '/traces', key: 't', name: 'Traces', icon: IconTimeline },
  { to: '/topology', key: 'p', name: 'Topology', icon: IconTopologyStar3 },
  { to: '/alarms', key: 'a', name: 'Alarms', icon: IconBell },
] as const;

/** Everything around the views: navigation, who is signed in, keyboard. */
export function Shell({ identity }: { identity: Identity }) {
  return (
    <IdentityContext value={identity}>
      <WindowProvider>
        <Frame identity={identity} />
      </WindowProvider>
    </IdentityContext>
  );
}

function Frame({ identity }: { identity: Identity }) {
  const [helping, setHelping] = useState(false);
  useShortcuts(() => setHelping(true));

  return (
    <div className={classes.frame}>
      <a href="#main" className={classes.skip}>
        Skip to content
      </a>
      <Progress />
      <nav className={classes.nav} aria-label="Main">
        <Link to="/" className={classes.brand} aria-label="AOM overview">
          <img src="/favicon.svg" alt="" width={26} height={26} />
          <span className={classes.name}>AOM</span>
        </Link>
        <ul className={classes.views}>
          {VIEWS.map(({ to, name, icon: Icon }) => (
            <li key={to}>
              <Link
                to={to}
                className={classes.view}
                activeOptions={{ exact: to === '/', includeSearch: false }}
                activeProps={{
                  className: `${classes.view} ${classes.active}`,
                  'aria-current': 'page',
                }}
                title={name}
              >
                <Icon size={18} stroke={1.7} aria-hidden />
                <span className={classes.name}>{name}</span>
              </Link>
            </li>
          ))}
        </ul>
        <div className={classes.foot}>
          <SchemeButton />
          <Tooltip label="Keyboard shortcuts (?)" position="right">
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label="Keyboard shortcuts"
              onClick={() => setHelping(true)}
            >
              <IconKeyboard size={18} stroke={1.7} />
            </ActionIcon>
          </Tooltip>
          <Menu position="right-end" shadow="md" width={230}>
            <Menu.Target>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label="Account"
                data-testid="account"
              >
                <IconUserCircle size={18} stroke={1.7} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>
                {identity.subject}
                <br />
                tenant {identity.tenant} · {identity.roles.join(', ')}
              </Menu.Label>
              <Menu.Item component="a" href="/docs" leftSection={<IconFileText size={16} />}>
                API documentation
              </Menu.Item>
              <Menu.Item
                leftSection={<IconLogout size={16} />}
                onClick={() => endSession()}
                data-testid="sign-out"
              >
                Sign out
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      </nav>
      <main id="main" className={classes.main} tabIndex={-1}>
        <Outlet />
      </main>
      <Help opened={helping} onClose={() => setHelping(false)} />
    </div>
  );
}

function Progress() {
  const fetching = useIsFetching() > 0;
  return <div className={classes.progress} data-active={fetching || undefined} aria-hidden />;
}

function SchemeButton() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const next = { auto: 'light', light: 'dark', dark: 'auto' } as const;
  const Icon = { auto: IconSunMoon, light: IconSun, dark: IconMoon }[colorScheme];
  const label = `Colour scheme: ${colorScheme === 'auto' ? 'as the system' : colorScheme}`;
  return (
    <Tooltip label={label} position="right">
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        data-testid="scheme"
        onClick={() => setColorScheme(next[colorScheme])}
      >
        <Icon size={18} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  );
}

/** `g` then a letter goes to a view; `/`, `r` and `?` act on the one shown. */
function useShortcuts(help: () => void) {
  const navigate = useNavigate();
  const { refresh } = useTimeWindow();
  const going = useRef(0);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target)) {
        if (event.key === 'Escape' && !event.defaultPrevented) {
          (event.target as HTMLElement).blur();
        }
        return;
      }
      if (document.querySelector('[role="dialog"][aria-modal="true"]')) return;
      if (performance.now() - going.current < 1500) {
        going.current = -Infinity;
        const view = VIEWS.find(({ key }) => key === event.key);
        if (view) {
          event.preventDefault();
          void navigate({ to: view.to });
          return;
        }
      }
      if (event.key === 'g') going.current = performance.now();
      else if (event.key === 'r') refresh();
      else if (event.key === '?') help();
      else if (event.key === '/' && focusSearch()) event.preventDefault();
    };
    going.current = -Infinity;
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [navigate, refresh, help]);
}

const KEYS: readonly (readonly [readonly string[], string])[] = [
  [['/'], 'Search or edit the query'],
  [['Esc'], 'Leave the field, close what is open'],
  [['r'], 'Refresh'],
  ...VIEWS.map(({ key, name }) => [['g', key], name] as const),
  [['Enter'], 'Run the query; open the row'],
  [['↑', '↓'], 'Move in a list or a trace'],
  [['←', '→'], 'Fold and unfold in a trace'],
  [['?'], 'This help'],
];

function Help({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" size="sm">
      <Table verticalSpacing={6}>
        <Table.Tbody>
          {KEYS.map(([keys, meaning]) => (
            <Table.Tr key={keys.join(' ')}>
              <Table.Td w={110}>
                <Group gap={4}>
                  {keys.map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </Group>
              </Table.Td>
              <Table.Td>{meaning}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}

import { Link } from '@tanstack/react-router';
import classes from './AlarmsPage.module.css';

const TABS = [
  { to: '/alarms', name: 'Alarms' },
  { to: '/alarms/rules', name: 'Rules' },
] as const;

export function AlarmsTabs() {
  return (
    <nav className={classes.tabs} aria-label="Alarms">
      {TABS.map(({ to, name }) => (
        <Link
          key={to}
          to={to}
          className={classes.tab}
          activeOptions={{ exact: true, includeSearch: false }}
          activeProps={{ 'data-active': true, 'aria-current': 'page' }}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}

import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Link,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { whoami } from '../api/identity';
import { ProblemError } from '../api/problem';
import { currentKey } from '../api/session';
import { EmptyState, ProblemPanel, RowsSkeleton } from '../ui/states';
import { parseRawSearch, type RawSearch, writeRawSearch } from '../ui/url';
import { Shell } from './Shell';
import { SignIn } from './SignIn';

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  validateSearch: (search: Record<string, unknown>): RawSearch => search as RawSearch,
  component: Outlet,
});

const signIn = createRoute({ getParentRoute: () => root, path: '/sign-in', component: SignIn });

/** Links between views keep the time range and the auto refresh, unless they bring their own. */
function keepWindow({
  search,
  next,
}: {
  search: RawSearch;
  next: (search: RawSearch) => RawSearch;
}): RawSearch {
  const result = next(search);
  const kept: RawSearch = 'from' in result ? {} : { from: search.from, to: search.to };
  if (!('refresh' in result)) kept.refresh = search.refresh;
  return { ...kept, ...result };
}

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  search: { middlewares: [keepWindow] },
  beforeLoad: ({ location }) => {
    if (currentKey() === undefined) {
      const back = location.href === '/' ? undefined : location.href;

      throw redirect({ to: '/sign-in', search: { back } });
    }
  },
  loader: ({ context }) =>
    context.queryClient.query({
      queryKey: ['whoami', currentKey()],
      queryFn: ({ signal }) => whoami(undefined, signal),
      staleTime: Infinity,
    }),
  component: function SignedIn() {
    return <Shell identity={shell.useLoaderData()} />;
  },
  pendingComponent: () => <RowsSkeleton />,
  errorComponent: ({ error, reset }) => (
    <div style={{ padding: 24 }}>
      <ProblemPanel
        error={error}
        onRetry={() => {
          reset();
          globalThis.location.reload();
        }}
      />
    </div>
  ),
});

function NoSuchPage() {
  return (
    <EmptyState title="There is no such page">
      <Link to="/">Go to the overview</Link>
    </EmptyState>
  );
}

const views = [
  createRoute({
    getParentRoute: () => shell,
    path: '/',
    component: lazyRouteComponent(
      () => import('../features/overview/OverviewPage'),
      'OverviewPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/metrics',
    component: lazyRouteComponent(() => import('../features/metrics/MetricsPage'), 'MetricsPage'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/logs',
    component: lazyRouteComponent(() => import('../features/logs/LogsPage'), 'LogsPage'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/traces',
    component: lazyRouteComponent(() => import('../features/traces/TracesPage'), 'TracesPage'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/traces/$traceId',
    component: lazyRouteComponent(() => import('../features/traces/TracePage'), 'TracePage'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/topology',
    component: lazyRouteComponent(
      () => import('../features/topology/TopologyPage'),
      'TopologyPage',
    ),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/alarms',
    component: lazyRouteComponent(() => import('../features/alarms/AlarmsPage'), 'AlarmsPage'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/alarms/rules',
    component: lazyRouteComponent(() => import('../features/alarms/RulesPage'), 'RulesPage'),
  }),
  createRoute({ getParentRoute: () => shell, path: '$', component: NoSuchPage }),
] as const;

export function createConsoleRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([signIn, shell.addChildren(views)]),
    context: { queryClient },
    parseSearch: parseRawSearch,
    stringifySearch: writeRawSearch,
    defaultPreload: 'intent',
    defaultPendingMs: 300,
    defaultPendingComponent: () => <RowsSkeleton />,
    defaultNotFoundComponent: NoSuchPage,
    defaultErrorComponent: ({ error, reset }) => (
      <div style={{ padding: 24 }}>
        <ProblemPanel error={ProblemError.of(error)} onRetry={reset} />
      </div>
    ),
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}

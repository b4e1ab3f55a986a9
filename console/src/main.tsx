import '@mantine/core/styles.css';
import './ui/tokens.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ProblemError } from './api/problem';
import { onSessionEnd } from './api/session';
import { createConsoleRouter } from './app/routes';
import { mantineVariables, schemeManager, theme } from './ui/theme';

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The time window is part of every key: an answer is asked for again by moving it, not by age.
      staleTime: 60_000,
      gcTime: 60_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) =>
        failures < 1 && error instanceof ProblemError && [0, 502, 503].includes(error.status),
      retryDelay: 800,
    },
  },
});
const router = createConsoleRouter(queryClient);

onSessionEnd(() => {
  queryClient.clear();
  void router.navigate({ to: '/sign-in', search: {} });
});

const element = document.getElementById('root');
if (!element) throw new Error('root: missing (expected: an element in index.html)');
createRoot(element).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={mantineVariables}
      colorSchemeManager={schemeManager()}
      defaultColorScheme="auto"
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);

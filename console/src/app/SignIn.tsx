import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { whoami } from '../api/identity';
import { ProblemError } from '../api/problem';
import { keepKey, whySessionEnded } from '../api/session';
import { one, type RawSearch } from '../ui/url';
import classes from './SignIn.module.css';

/** Asks for an API key, tries it, and keeps it for this tab. */
export function SignIn() {
  const router = useRouter();
  const search: RawSearch = useSearch({ strict: false });
  const [key, setKey] = useState('');
  const [problem, setProblem] = useState<ProblemError>();
  const [trying, setTrying] = useState(false);

  const signIn = async () => {
    const trimmed = key.trim();
    if (trimmed === '') return;
    setTrying(true);
    setProblem(undefined);
    try {
      await whoami(trimmed);
      keepKey(trimmed);
      const back = one(search, 'back');
      router.history.push(back?.startsWith('/') && !back.startsWith('//') ? back : '/');
    } catch (error) {
      setProblem(ProblemError.of(error));
    } finally {
      setTrying(false);
    }
  };

  const ended = whySessionEnded();
  return (
    <main className={classes.page}>
      <title>Sign in · AOM</title>
      <form
        className={classes.card}
        onSubmit={(event) => {
          event.preventDefault();
          void signIn();
        }}
      >
        <Stack gap="md">
          <div className={classes.brand}>
            <img src="/favicon.svg" alt="" width={40} height={40} />
            <div>
              <h1 className={classes.title}>Sign in to AOM</h1>
              <Text size="sm" c="dimmed">
                Metrics, logs, traces, topology and alarms in one place
              </Text>
            </div>
          </div>
          {ended ? (
            <Text size="sm" role="status" className={classes.ended}>
              {ended}
            </Text>
          ) : null}
          <PasswordInput
            label="API key"
            description="On the machine that runs AOM, the admin key lies in .aom/admin.key."
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
            leftSection={<IconKey size={16} />}
            autoComplete="current-password"
            autoFocus
            error={
              problem ? `${problem.title}${problem.detail ? `: ${problem.detail}` : ''}` : null
            }
            visibilityToggleButtonProps={{ 'aria-label': 'Show the key' }}
            data-testid="key"
          />
          <Button type="submit" loading={trying} disabled={key.trim() === ''} data-testid="sign-in">
            Sign in
          </Button>
          <Text size="xs" c="dimmed">
            The key stays in this browser tab and is forgotten when the tab is closed.
          </Text>
        </Stack>
      </form>
    </main>
  );
}

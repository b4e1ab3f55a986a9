import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import {
  parseSpan,
  parseWindow,
  resolveWindow,
  type WindowExpression,
  writeMoment,
} from '../time/window';
import { millis } from '../units';
import { one, type RawSearch, useUrlState } from './url';
import { WindowContext, type WindowState } from './windowState';

function decode(raw: RawSearch) {
  return {
    expression: parseWindow(one(raw, 'from'), one(raw, 'to')),
    refreshSeconds: Math.round((parseSpan(one(raw, 'refresh') ?? '') ?? 0) / 1000),
  };
}

/** Reads the window from the URL and moves `now` on, by hand or every `refresh` seconds. */
export function WindowProvider({ children }: { children: ReactNode }) {
  const [{ expression, refreshSeconds }, patch] = useUrlState(decode);
  const [now, setNow] = useState(() => millis(Date.now()));
  const refresh = useCallback(() => setNow(millis(Date.now())), []);

  useEffect(() => {
    if (refreshSeconds === 0) return;
    const timer = setInterval(() => {
      // A page nobody sees asks for nothing.
      if (!document.hidden) refresh();
    }, refreshSeconds * 1000);
    return () => clearInterval(timer);
  }, [refreshSeconds, refresh]);

  const state = useMemo<WindowState>(
    () => ({
      expression,
      window: resolveWindow(expression, now),
      now,
      refreshSeconds,
      refresh,
      setExpression: (next: WindowExpression) => {
        refresh();
        patch({ from: writeMoment(next.from), to: writeMoment(next.to) });
      },
      setRefreshSeconds: (seconds: number) =>
        patch({ refresh: seconds > 0 ? `${seconds}s` : undefined }, { replace: true }),
    }),
    [expression, now, refreshSeconds, refresh, patch],
  );
  return <WindowContext value={state}>{children}</WindowContext>;
}

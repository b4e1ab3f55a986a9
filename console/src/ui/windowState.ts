import { createContext, use } from 'react';
import type { TimeWindow, WindowExpression } from '../time/window';
import type { Millis } from '../units';

export interface WindowState {
  /** What the URL says, for display. */
  readonly expression: WindowExpression;
  /** The same resolved at `now`. */
  readonly window: TimeWindow;
  /** When the data was last asked for. Part of every query key, so that a refresh asks again. */
  readonly now: Millis;
  readonly refreshSeconds: number;
  readonly setExpression: (expression: WindowExpression) => void;
  readonly setRefreshSeconds: (seconds: number) => void;
  readonly refresh: () => void;
}

export const WindowContext = createContext<WindowState | undefined>(undefined);

/** The time window all views share; only under the shell. */
export function useTimeWindow(): WindowState {
  const state = use(WindowContext);
  if (!state) throw new Error('useTimeWindow: no window (expected: a view inside the shell)');
  return state;
}

/**
 * The API key of this tab. It lives in sessionStorage: closing the tab forgets it, and no other tab or
 * later visitor finds it.
 */
const ITEM = 'aom.key';
const listeners = new Set<() => void>();
let endedBecause: string | undefined;

export function currentKey(): string | undefined {
  return sessionStorage.getItem(ITEM) ?? undefined;
}

export function keepKey(key: string): void {
  endedBecause = undefined;
  sessionStorage.setItem(ITEM, key);
}

/** Forgets the key; `because` is shown on the sign-in screen. */
export function endSession(because?: string): void {
  if (currentKey() === undefined) return;
  endedBecause = because;
  sessionStorage.removeItem(ITEM);
  for (const listener of listeners) listener();
}

export function whySessionEnded(): string | undefined {
  return endedBecause;
}

/** Calls `listener` whenever the session ends; returns how to stop that. */
export function onSessionEnd(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

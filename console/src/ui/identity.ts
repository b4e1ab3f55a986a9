import { createContext, use } from 'react';
import type { Identity } from '../api/identity';

export const IdentityContext = createContext<Identity | undefined>(undefined);

/** Who is signed in; only under the shell. */
export function useIdentity(): Identity {
  const identity = use(IdentityContext);
  if (!identity) throw new Error('useIdentity: no identity (expected: a view inside the shell)');
  return identity;
}

import { z } from './zod';
import { request } from './http';

const Identity = z.object({
  subject: z.string(),
  tenant: z.string(),
  roles: z.array(z.string()),
});
export type Identity = z.infer<typeof Identity>;

/** Who the key is. With `key`, tries that one without keeping it. */
export function whoami(key?: string, signal?: AbortSignal): Promise<Identity> {
  return request('/api/v1/whoami', Identity, key === undefined ? { signal } : { key, signal });
}

export const mayEdit = (identity: Identity): boolean =>
  identity.roles.includes('editor') || identity.roles.includes('admin');

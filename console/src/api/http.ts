/** The one way to the gateway: adds the key, maps every failure to a ProblemError, parses every answer. */
import { z } from './zod';
import { ProblemError, problemOf } from './problem';
import { currentKey, endSession } from './session';

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Sent as JSON; URLSearchParams as a form. */
  readonly body?: unknown;
  /** Instead of the session's key: for trying one that is not kept yet. */
  readonly key?: string;
  readonly signal?: AbortSignal | undefined;
}

export function queryString(query: Call['query']): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text && `?${text}`;
}

async function send(path: string, call: Call): Promise<Response> {
  const headers = new Headers({ Accept: 'application/json, application/problem+json' });
  const key = call.key ?? currentKey();
  if (key !== undefined) headers.set('Authorization', `Bearer ${key}`);
  const form = call.body instanceof URLSearchParams;
  if (call.body !== undefined && !form) headers.set('Content-Type', 'application/json');
  try {
    return await fetch(path + queryString(call.query), {
      method: call.method ?? 'GET',
      headers,
      signal: call.signal ?? null,
      body:
        call.body instanceof URLSearchParams
          ? call.body
          : call.body === undefined
            ? null
            : JSON.stringify(call.body),
    });
  } catch (error) {
    if (call.signal?.aborted) throw error;
    throw new ProblemError(
      'The gateway cannot be reached',
      'No answer came back.',
      0,
      'Check that AOM is running and that this machine can reach it.',
    );
  }
}

/** The body as JSON; undefined if there is none or it is something else. */
async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Calls the gateway and parses the answer with `schema`.
 *
 * @throws ProblemError for every failure but an abort; a 401 also ends the session
 */
export async function request<T>(path: string, schema: z.ZodType<T>, call: Call = {}): Promise<T> {
  const response = await send(path, call);
  const body = await bodyOf(response);
  if (!response.ok) {
    // The Prometheus API has an envelope of its own for errors too, see prometheus.ts.
    const envelope = PrometheusError.safeParse(body);
    const problem = envelope.success
      ? new ProblemError(`PromQL: ${envelope.data.errorType}`, envelope.data.error, response.status)
      : problemOf(response.status, body);
    if (response.status === 401 && call.key === undefined) {
      endSession(
        'The gateway no longer accepts the key. It may have been revoked or have expired.',
      );
    }
    throw problem;
  }
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    const first = parsed.error.issues[0];
    throw new ProblemError(
      'The answer was not understood',
      `${path}: ${first ? `${first.path.join('.') || 'body'}: ${first.message}` : 'not JSON'}`,
      response.status,
      'The console and the services may be of different versions. Reload the page.',
    );
  }
  return parsed.data;
}

const PrometheusError = z.object({
  status: z.literal('error'),
  errorType: z.string(),
  error: z.string(),
});

/** For answers without a body. */
export const NoContent = z.unknown().transform(() => undefined);

/** fetch for the PromQL editor, which speaks Prometheus' own client protocol. */
export function fetchWithKey(input: RequestInfo, init?: RequestInit): Promise<Response> {
  const headers = new Headers(init?.headers);
  const key = currentKey();
  if (key !== undefined) headers.set('Authorization', `Bearer ${key}`);
  return fetch(input, { ...init, headers });
}

import { z } from './zod';

/** RFC 9457, as the gateway and every service write it. Extra members stay readable. */
const ProblemBody = z.looseObject({
  type: z.string().default('about:blank'),
  title: z.string().optional(),
  status: z.number().optional(),
  detail: z.string().optional(),
});

/** Why an answer could not be had, in words for the person who asked. */
export class ProblemError extends Error {
  readonly title: string;
  readonly detail: string;
  /** What the person can do, if anything but trying again. */
  readonly remedy: string | undefined;
  /** HTTP status; 0 if there was no answer at all. */
  readonly status: number;

  constructor(title: string, detail: string, status: number, remedy?: string) {
    super(detail ? `${title}: ${detail}` : title);
    this.name = 'ProblemError';
    this.title = title;
    this.detail = detail;
    this.status = status;
    this.remedy = remedy;
  }

  static of(error: unknown): ProblemError {
    if (error instanceof ProblemError) return error;
    return new ProblemError('Unexpected error', error instanceof Error ? error.message : '', 0);
  }
}

const TITLES: Record<number, string> = {
  400: 'The request was not understood',
  401: 'The key was not accepted',
  403: 'This key may not do that',
  404: 'Not found',
  409: 'Somebody else changed it meanwhile',
  412: 'Somebody else changed it meanwhile',
  413: 'The request is too large',
  422: 'The request cannot be carried out',
  429: 'Too many requests',
  502: 'A service behind the gateway does not answer',
  503: 'A service behind the gateway is not available',
  504: 'A service behind the gateway took too long',
};

const REMEDIES: Record<number, string> = {
  403: 'Sign in with a key that has the role named above.',
  409: 'Close this, look at the newest version and change it again.',
  412: 'Close this, look at the newest version and change it again.',
  429: 'Wait a moment, or ask for a shorter time range.',
  503: 'It may still be starting. Try again in a moment.',
  504: 'Try a shorter time range.',
};

/** The problem in a failed answer's body, whatever it looks like. */
export function problemOf(status: number, body: unknown): ProblemError {
  const parsed = ProblemBody.safeParse(body);
  const title = TITLES[status] ?? `The answer was ${status}`;
  return new ProblemError(
    (parsed.success ? parsed.data.title : undefined) ?? title,
    (parsed.success ? parsed.data.detail : undefined) ?? '',
    status,
    REMEDIES[status],
  );
}

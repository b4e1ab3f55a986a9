/**
 * zod, set up before the first schema is made: its generated parsers need `eval`, which the content
 * security policy forbids and reports even for a mere try.
 */
import { z } from 'zod';

z.config({ jitless: true });

export { z };

// `resolvers` of relance.yaml: where whoever a `resolver(name)` means is asked for, and how long. Settings of a tenant, read and
// checked here; channels/resolver.ts of the server goes and asks.
import { z } from 'zod';
import { DAY_MS } from './instant.ts';
import { parseDuration } from './policy/duration.ts';
import { id } from './policy/schema-text.ts';

const TIMEOUT_MIN_MS = 1_000;
const TIMEOUT_MAX_MS = 30_000;

/** Milliseconds; null where it is not an exact length of time. */
const msOf = (text: string): number | null => {
  const read = parseDuration(text);
  return read.ok && read.value.kind === 'exact' ? read.value.ms : null;
};
const within = (least: number, most: number, words: string) =>
  z.string().refine((text) => {
    const ms = msOf(text);
    return ms !== null && ms >= least && ms <= most;
  }, `must be a length of time ${words}`);

const resolverSchema = z.strictObject({
  url: z
    .string()
    .max(2_000)
    .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), 'must be a URL: https://…'),
  timeout: within(TIMEOUT_MIN_MS, TIMEOUT_MAX_MS, 'from 1 to 30 seconds, as in "5 seconds"').optional(),
  cache: within(0, DAY_MS, 'up to 24 hours, as in "10 minutes"').optional(),
});
/** By name. */
export const resolversSchema = z.record(id('the name of a resolver'), resolverSchema);
export type WrittenResolver = z.output<typeof resolverSchema>;

const TIMEOUT_MS = 5_000;
const CACHE_MS = 600_000;

/** For how long it may be asked, and an answer is kept. */
export const resolverLimits = ({ timeout, cache }: WrittenResolver) => ({
  timeoutMs: (timeout === undefined ? null : msOf(timeout)) ?? TIMEOUT_MS,
  cacheMs: (cache === undefined ? null : msOf(cache)) ?? CACHE_MS,
});

// The texts a policy is written in, as zod leaves shared by schema.ts and schema-stage.ts: only their kind and length.
// What they say is read by the grammars and by CEL, in compile.ts, so that all problems of a policy show at once.
import { z } from 'zod';
import { CONDITION_LENGTH_MAX } from './condition.ts';
import { ID, ID_LENGTH_MAX, PHRASE_LENGTH_MAX } from './scanner.ts';

const ID_MESSAGE =
  'an id is expected: letters, digits and _ . : @ + / -, at most 128, beginning with a letter or digit';

export const id = (what: string) => z.string().max(ID_LENGTH_MAX).regex(ID, ID_MESSAGE).describe(what);
/** Ids outside of policies: anything printable that fits in a path. */
export const printableId = z
  .string()
  .min(1)
  .max(ID_LENGTH_MAX)
  .regex(/^[^\p{Cc}/]+$/u, `must be 1 to ${ID_LENGTH_MAX} printable characters without "/"`);
export const text = (max: number, what: string) => z.string().max(max).describe(what);
export const cel = (what: string) => z.string().min(1).max(CONDITION_LENGTH_MAX).describe(`${what} (a CEL expression)`);
export const duration = (what: string) =>
  z
    .string()
    .min(1)
    .max(PHRASE_LENGTH_MAX)
    .describe(`${what} (a duration such as "30 minutes", "2 days", "3 business days" or ISO 8601)`);
export const target = z
  .string()
  .min(1)
  .max(PHRASE_LENGTH_MAX)
  .describe(
    'assignee, requester, team, watchers, notified, escalated, manager(n), group(id), onCall(schedule), recipient(id) or resolver(name)',
  );

/** Lists in a policy are written by hand. */
export const LIST_MAX = 50;
export const targets = z.union([target, z.array(target).min(1).max(LIST_MAX)]);
export const urgency = z.enum(['low', 'normal', 'high', 'urgent']);
/** An event type, or a prefix that ends in `*`. */
export const eventType = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^\s*]*\*?$/, 'an event type is expected, or a prefix that ends in *')
  .describe('an event type, or a prefix that ends in *');
/** One, or several of them. */
export const listOf = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);
export const eventTypes = z.union([eventType, z.array(eventType).min(1).max(LIST_MAX)]);

// How long what is over is kept, by kind: a tenant's `retention`. Counted from the close of a follow-up, of an event from its
// arrival, of an activity from when it happened. What is live needs all it has, and is never touched.
import { z } from 'zod';

/** In days: what holds where nothing is set, and the least that may be. */
interface Kind {
  readonly days: number;
  readonly least: number;
}
export const RETENTION = {
  /** The words of messages, as they went out. */
  content: { days: 400, least: 1 },
  /** That they were sent, with attempts and receipts. */
  messages: { days: 400, least: 7 },
  /** Items of the inbox. */
  inbox: { days: 400, least: 7 },
  timeline: { days: 800, least: 7 },
  /** The follow-ups themselves, with all that belongs to them; an expired one can still be resolved for 90 days. */
  followUps: { days: 800, least: 90 },
  /** What arrived. One that comes again within seven days is known as a repetition. */
  events: { days: 400, least: 7 },
  /** What recipients did elsewhere: conditions see no further back. */
  activity: { days: 400, least: 1 },
} as const satisfies Readonly<Record<string, Kind>>;
export type RetentionKind = keyof typeof RETENTION;
/** Days; null: for ever. */
export type Retention = Readonly<Record<RetentionKind, number | null>>;

const DAYS_MAX = 36_500;
const PATTERN = /^(\d{1,5}) days?$/;
const kindSchema = ({ least }: Kind) =>
  z
    .string()
    .max(20)
    .refine(
      (text) => {
        if (text === 'forever') return true;
        const days = Number(PATTERN.exec(text)?.[1] ?? 0);
        return days >= least && days <= DAYS_MAX;
      },
      `must be \`forever\` or from ${least} ${least === 1 ? 'day' : 'days'} on, such as \`${Math.max(least, 90)} days\``,
    );

/** As relance.yaml writes it: `messages: 400 days`. */
export const retentionSchema = z.strictObject(
  Object.fromEntries(Object.entries(RETENTION).map(([kind, one]) => [kind, kindSchema(one).optional()])) as {
    readonly [K in RetentionKind]: z.ZodOptional<ReturnType<typeof kindSchema>>;
  },
);
export type WrittenRetention = z.infer<typeof retentionSchema>;

/** What was checked when it was stored. */
export const readRetention = (written: WrittenRetention | null): Retention =>
  Object.fromEntries(
    Object.entries(RETENTION).map(([kind, { days }]) => {
      const text = written?.[kind as RetentionKind];
      return [kind, text === undefined ? days : text === 'forever' ? null : Number(PATTERN.exec(text)?.[1])];
    }),
  ) as Record<RetentionKind, number | null>;

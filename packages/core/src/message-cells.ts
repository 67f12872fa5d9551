// Where a message counts by how it was sent: by its provider, its template's version and its language, beside policy, stage and channel.
// It counts in one cell alone, so these cells may be added up in any way. Follow-ups are not counted here: one may have gone by many.
import { addPackedCounts, type GenerationFigures, type SentBy } from './generation-figures.ts';
import { type MessageCounts, NO_MESSAGES } from './metrics.ts';

export const MESSAGE_COUNT_NAMES = Object.keys(NO_MESSAGES) as readonly (keyof MessageCounts)[];

export interface MessageCellKey {
  readonly day: string;
  readonly policy: string;
  readonly stage: string;
  readonly channel: string;
  /** Empty, as the next three, and 0: none, or nobody knows. */
  readonly provider: string;
  readonly template: string;
  readonly templateVersion: number;
  readonly locale: string;
}

export interface MessageDifference {
  readonly tenant: string;
  readonly key: MessageCellKey;
  readonly counts: Record<keyof MessageCounts, number>;
}

/** Of what an older release has counted. */
const UNKNOWN: SentBy = ['', '', 0, ''];

/** By the key of the cell. */
export type MessageDifferences = Map<string, MessageDifference>;

/** Adds what the messages of a generation count, or with -1 takes it away. */
export function addMessages(
  differences: MessageDifferences,
  tenant: string,
  { day, policy, messages }: GenerationFigures,
  sign: 1 | -1,
): void {
  for (const { stage, channel, sentBy = UNKNOWN, counts } of messages) {
    const [provider, template, templateVersion, locale] = sentBy;
    const key = { day, policy, stage, channel, provider, template, templateVersion, locale };
    const name = JSON.stringify([tenant, ...Object.values(key)]);
    const cell = differences.get(name) ?? { tenant, key, counts: { ...NO_MESSAGES } };
    differences.set(name, cell);
    addPackedCounts(cell.counts, counts, sign);
  }
}

/** Those in which nothing has changed. */
export const isNoMessage = ({ counts }: MessageDifference): boolean =>
  MESSAGE_COUNT_NAMES.every((name) => counts[name] === 0);

// Whom messages interrupted, asked over a year of ten million messages to ten thousand people, of whom some hear far more than others. The
// sums are laid down as passes would have left them.
import {
  addPeople,
  countMessage,
  dateOf,
  dayOf,
  HOUR_KINDS,
  type PersonDifference,
  type PersonDifferences,
  packCounts,
} from '@relance/core';
import type { Ports } from '../../packages/server/src/insights/answer.ts';
import { type AskedInterrupted, askInterrupted } from '../../packages/server/src/insights/interrupted.ts';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { addPersonDifferences } from '../../packages/server/src/store/sql/metric-person.ts';

const [FIRST, LAST] = [dayOf('2026-01-01'), dayOf('2026-12-31')];
const POLICIES = 20;
const PEOPLE = 10_000;
/** Laid down so many sums at a time: a statement has its limit. */
const BITE = 5_000;

/** Of each of the hours, and on each channel: the last interrupts nobody. */
const TOLD = (['email', 'sms', 'inbox'] as const).flatMap((channel) =>
  HOUR_KINDS.map((hours) => {
    const watched = { opens: false, clicks: false };
    return packCounts(countMessage({ channel, status: 'delivered', engagement: [], watched, hours, carrier: null }));
  }),
);

export async function layDownPeople({ database }: Ports, messages: number, next: () => number): Promise<number> {
  const any = (max: number): number => Math.floor(next() * max);
  let rows = 0;
  const put = async (all: readonly (readonly [string, PersonDifference])[]): Promise<void> => {
    rows += all.length;
    for (let at = 0; at < all.length; at += BITE)
      await database.transaction(ENGINE, (tx) => addPersonDifferences(tx, new Map(all.slice(at, at + BITE))));
  };
  let sums: PersonDifferences = new Map();
  for (let day = FIRST; day <= LAST; day++) {
    for (let n = Math.round(messages / (LAST - FIRST + 1)); n > 0; n--)
      addPeople(
        sums,
        'default',
        [],
        [
          {
            day: dateOf(day),
            policy: `policy-${any(POLICIES)}`,
            // The square of a number between 0 and 1: few people get most.
            messages: [{ counts: TOLD[any(TOLD.length)] ?? 0, to: `r${Math.floor(PEOPLE * next() ** 2)}` }],
          },
        ],
      );
    if (day < LAST && !/-(01|04|07|10)-01$/.test(dateOf(day + 1))) continue;
    await put([...sums]);
    sums = new Map();
  }
  return rows;
}

/** A name, and how to ask. */
export type Asking = readonly [string, () => Promise<{ readonly rows: number }>];

export function interruptedAskings(ports: Ports): readonly Asking[] {
  const asking = (name: string, from: string, more: Partial<AskedInterrupted> = {}): Asking => [
    `interrupted, ${name}`,
    async () => {
      const answered = await askInterrupted(ports, 'default', { from, to: '2026-12-31', limit: 20, ...more });
      if (answered.kind === 'wrong') throw new Error(answered.wrong.message);
      return { rows: answered.answer.rows.length };
    },
  ];
  return [
    asking('a year', '2026-01-01'),
    asking('a quarter', '2026-10-01'),
    asking('90 days', '2026-10-03'),
    asking('30 days', '2026-12-02'),
    asking('a week', '2026-12-25'),
    asking('a year of one policy', '2026-01-01', { policy: 'policy-7' }),
    asking('a year of one person', '2026-01-01', { recipient: 'r0' }),
    asking('a year, a thousand people', '2026-01-01', { limit: 1_000 }),
  ];
}

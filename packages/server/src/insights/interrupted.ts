// Whom messages interrupted, and at which of their hours: of the follow-ups that opened in a window, person by person.
import { dayOf, type Instant, toRfc3339, type WireInterrupted } from '@relance/core';
import type { Database } from '../store/database.ts';
import { type Interrupted, readInterrupted } from '../store/sql/interrupted.ts';
import { type Answered, type Asked, inWindow, wrongly } from './answer.ts';

export interface AskedInterrupted extends Pick<Asked, 'from' | 'to' | 'policy'> {
  /** Of this person alone. */
  readonly recipient?: string | undefined;
  /** At most so many people, those first who were interrupted most. */
  readonly limit: number;
}

interface Ports {
  readonly database: Database;
  /** The server's clock. */
  readonly wallNow: () => number;
}

export const askInterrupted = (
  { database, wallNow }: Ports,
  tenant: string,
  { policy, recipient, limit, ...asked }: AskedInterrupted,
): Promise<Answered<WireInterrupted>> =>
  inWindow(database, tenant, asked, [], async (tx, { from, to, zone }): Promise<Answered<WireInterrupted>> => {
    const days = dayOf(to) - dayOf(from) + 1;
    if (days > DAYS_MAX) return wrongly('from', `is ${days} days before the end of \`to\`; ${TOO_LONG}`);
    const of = { policy: policy ?? null, recipient: recipient ?? null };
    const people = await readInterrupted(tx, { tenant, from, to, zone, ...of }, limit);
    const asOf = toRfc3339(wallNow() as Instant);
    return { kind: 'answer', answer: { from, to, zone, groupBy: [], asOf, rows: people.map(rowOf) } };
  });

/** Messages themselves are read, and of those there may be millions in a month. */
const DAYS_MAX = 92;
const TOO_LONG = `people are counted from their messages, of ${DAYS_MAX} days at most`;

const rowOf = ({ recipient, name, business, evening, night, weekend }: Interrupted): WireInterrupted => ({
  recipient,
  name,
  interrupted: business + evening + night + weekend,
  interruptedBusiness: business,
  interruptedEvening: evening,
  interruptedNight: night,
  interruptedWeekend: weekend,
});

/** Also where nobody was interrupted. */
export const INTERRUPTED_COLUMNS = Object.keys(
  rowOf({ recipient: '', name: null, business: 0, evening: 0, night: 0, weekend: 0 }),
);

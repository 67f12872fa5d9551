// Whom messages interrupted, and at which of their hours: of the follow-ups that opened in a window, person by person.
import type { WireInterrupted } from '@relance/core';
import { type Interrupted, readInterrupted } from '../store/sql/metric-person.ts';
import { type Answered, type Asked, ask, type Ports } from './answer.ts';

export interface AskedInterrupted extends Pick<Asked, 'from' | 'to' | 'policy'> {
  /** Of this person alone. */
  readonly recipient?: string | undefined;
  /** At most so many people, those first who were interrupted most. */
  readonly limit: number;
}

export const askInterrupted = (
  ports: Ports,
  tenant: string,
  { recipient, limit, ...asked }: AskedInterrupted,
): Promise<Answered<WireInterrupted>> =>
  ask(ports, tenant, asked, {
    keys: [],
    own: [],
    rowsMax: limit, // those who come after are left out, and no error
    rows: async (tx, question) =>
      (await readInterrupted(tx, { ...question, recipient: recipient ?? null }, limit)).map(rowOf),
  });

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

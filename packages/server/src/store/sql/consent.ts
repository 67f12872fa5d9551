// What decisions need to know of consent, gathered in sets for the people of a directory: which of their endpoints get
// nothing, what they opted out of, and which categories cannot be switched off. Writing is suppression.ts and opt-out.ts.
import {
  type Channel,
  type Consent,
  choiceKey,
  endpointKey,
  normalAddress,
  type Recipient,
  slotOfRecipient,
} from '@relance/core';
import type { Tx } from '../database.ts';

/** People by tenant, and ids of whom nobody is known: those of alarms may be addresses (engine/alarm.ts). */
export interface AskedOfConsent {
  readonly tenant: string;
  readonly recipients: Iterable<Recipient>;
  readonly unknown: Iterable<string>;
}

export async function gatherConsent(tx: Tx, asked: readonly AskedOfConsent[]): Promise<Map<string, Consent>> {
  const people = asked.flatMap(({ tenant, recipients }) => [...recipients].map((recipient) => ({ tenant, recipient })));
  const endpoints = [
    ...people.flatMap(({ tenant, recipient }) => endpointsOf(recipient).map((one) => ({ tenant, ...one }))),
    ...asked.flatMap(({ tenant, unknown }) =>
      [...unknown].filter((id) => id.includes('@')).map((address) => ({ tenant, channel: 'email' as const, address })),
    ),
  ];
  const [suppressed, optedOut, essential] = await Promise.all([
    suppressedOf(tx, endpoints),
    optedOutOf(
      tx,
      people.map(({ tenant, recipient }) => ({ tenant, recipient: recipient.id })),
    ),
    tx.query<{ tenant: string; id: string }>(
      'SELECT tenant, id FROM relance.categories WHERE tenant = ANY($1) AND essential',
      [asked.map(({ tenant }) => tenant)],
    ),
  ]);
  const of = <T extends { readonly tenant: string }>(rows: readonly T[], tenant: string, key: (row: T) => string) =>
    new Set(rows.filter((row) => row.tenant === tenant).map(key));
  return new Map(
    asked.map(({ tenant }) => [
      tenant,
      {
        suppressed: of(suppressed, tenant, ({ channel, address }) => endpointKey(channel, address)),
        optedOut: of(optedOut, tenant, ({ recipient, category }) => choiceKey(recipient, category)),
        essential: of(essential, tenant, ({ id }) => id),
      },
    ]),
  );
}

interface EndpointOf {
  readonly tenant: string;
  readonly channel: Channel;
  readonly address: string;
}

/** All of them, not only the first of a channel: copies of a mail go to the others. */
function endpointsOf({ email, phone, endpoints }: Recipient): readonly Omit<EndpointOf, 'tenant'>[] {
  return [
    ...(email === null ? [] : [{ channel: 'email', address: email } as const]),
    ...(phone === null ? [] : [{ channel: 'sms', address: phone } as const]),
    ...endpoints,
  ];
}

async function suppressedOf(tx: Tx, endpoints: readonly EndpointOf[]): Promise<EndpointOf[]> {
  if (endpoints.length === 0) return [];
  return tx.query<EndpointOf>(
    `SELECT DISTINCT s.tenant, s.channel, s.address FROM unnest($1::text[], $2::text[], $3::text[]) AS x(tenant, channel, address)
     JOIN relance.suppressions s ON s.tenant = x.tenant AND s.channel = x.channel AND s.address = x.address AND s.lifted_at IS NULL`,
    [
      endpoints.map(({ tenant }) => tenant),
      endpoints.map(({ channel }) => channel),
      endpoints.map(({ channel, address }) => normalAddress(channel, address)),
    ],
  );
}

async function optedOutOf(
  tx: Tx,
  people: readonly { readonly tenant: string; readonly recipient: string }[],
): Promise<{ tenant: string; recipient: string; category: string }[]> {
  if (people.length === 0) return [];
  return tx.query(
    `SELECT c.tenant, c.recipient, c.category FROM unnest($1::smallint[], $2::text[], $3::text[]) AS x(slot, tenant, recipient)
     JOIN relance.opt_outs c ON c.slot = x.slot AND c.tenant = x.tenant AND c.recipient = x.recipient AND c.lifted_at IS NULL`,
    [
      people.map(({ tenant, recipient }) => slotOfRecipient(tenant, recipient)),
      people.map(({ tenant }) => tenant),
      people.map(({ recipient }) => recipient),
    ],
  );
}

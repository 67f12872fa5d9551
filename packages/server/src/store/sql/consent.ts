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
import { suppressedForms } from './address-forms.ts';

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
  const rows = await consentRows(
    tx,
    asked.map(({ tenant }) => tenant),
    endpoints,
    people.map(({ tenant, recipient }) => ({ tenant, recipient: recipient.id })),
  );
  const of = (kind: ConsentRow['kind'], tenant: string, key: (row: ConsentRow) => string) =>
    new Set(rows.filter((row) => row.kind === kind && row.tenant === tenant).map(key));
  return new Map(
    asked.map(({ tenant }) => [
      tenant,
      {
        suppressed: of('suppressed', tenant, ({ first, second }) => endpointKey(first as Channel, second)),
        optedOut: of('opted_out', tenant, ({ first, second }) => choiceKey(first, second)),
        essential: of('essential', tenant, ({ first }) => first),
      },
    ]),
  );
}

/** `first` and `second`: channel and address, recipient and category, or a category. */
interface ConsentRow {
  readonly kind: 'suppressed' | 'opted_out' | 'essential';
  readonly tenant: string;
  readonly first: string;
  readonly second: string;
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

/** All of it by one statement: every decision asks. */
const consentRows = (
  tx: Tx,
  tenants: readonly string[],
  endpoints: readonly EndpointOf[],
  people: readonly { readonly tenant: string; readonly recipient: string }[],
): Promise<ConsentRow[]> => {
  const forms = endpoints.flatMap(({ tenant, channel, address }) =>
    suppressedForms(tx, tenant, channel, address).map((form) => ({
      tenant,
      channel,
      address: form,
      own: normalAddress(channel, address),
    })),
  );
  return tx.query<ConsentRow>(
    `SELECT DISTINCT 'suppressed' AS kind, s.tenant, s.channel AS first, x.own AS second FROM unnest($1::text[], $2::text[], $3::text[], $8::text[]) AS x(tenant, channel, address, own)
       JOIN relance.suppressions s ON s.tenant = x.tenant AND s.channel = x.channel AND s.address = x.address AND s.lifted_at IS NULL
     UNION ALL SELECT 'opted_out', c.tenant, c.recipient, c.category FROM unnest($4::smallint[], $5::text[], $6::text[]) AS x(slot, tenant, recipient)
       JOIN relance.opt_outs c ON c.slot = x.slot AND c.tenant = x.tenant AND c.recipient = x.recipient AND c.lifted_at IS NULL
     UNION ALL SELECT 'essential', tenant, id, '' FROM relance.categories WHERE tenant = ANY($7) AND essential`,
    [
      forms.map(({ tenant }) => tenant),
      forms.map(({ channel }) => channel),
      forms.map(({ address }) => address),
      people.map(({ tenant, recipient }) => slotOfRecipient(tenant, recipient)),
      people.map(({ tenant }) => tenant),
      people.map(({ recipient }) => recipient),
      tenants,
      forms.map(({ own }) => own),
    ],
  );
};

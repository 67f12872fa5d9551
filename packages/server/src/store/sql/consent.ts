// What decisions need to know of consent, gathered in sets for the people of a directory: which of their endpoints get
// nothing, what they want and do not, what holds where they have not said, and which categories cannot be switched off.
// Writing is suppression.ts and preference.ts.
import {
  type CategoryDefaults,
  type Channel,
  type Consent,
  choiceKey,
  endpointKey,
  normalAddress,
  type Recipient,
  slotOfRecipient,
  stopKey,
  usualStanding,
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
  const byTenant = Map.groupBy(rows, ({ tenant }) => tenant);
  return new Map(asked.map(({ tenant }) => [tenant, consentOf(byTenant.get(tenant) ?? [])]));
}

function consentOf(rows: readonly ConsentRow[]): Consent {
  const of = (kind: ConsentRow['kind']) => rows.filter((row) => row.kind === kind);
  const usual = of('tenant')[0]?.defaults ?? {};
  return {
    suppressed: new Set(of('suppressed').map(({ first, second }) => endpointKey(first as Channel, second))),
    stopped: new Set(of('stopped').map(({ first, second, third }) => stopKey(first as Channel, second, third))),
    choices: new Map(
      of('choice').map(({ first, second, third, flag }) => [choiceKey(first, second, third as Channel | ''), flag]),
    ),
    essential: new Set(of('category').flatMap(({ first, flag }) => (flag ? [first] : []))),
    standings: new Map(of('category').map(({ first, defaults }) => [first, usualStanding(defaults ?? {}, usual)])),
  };
}

/** How often somebody is told of a category, where they have not chosen: not more often than is usual for it. */
export function withUsualFrequency(recipient: Recipient, consent: Consent | undefined): Recipient {
  const usual = [...(consent?.standings ?? [])].flatMap(([id, { frequency }]) =>
    frequency === 'each' || consent?.essential.has(id) === true ? [] : [[id, frequency] as const],
  );
  if (usual.length === 0) return recipient;
  const { preferences } = recipient;
  const frequency = { ...Object.fromEntries(usual), ...preferences.frequency };
  return { ...recipient, preferences: { ...preferences, frequency } };
}

/**
 * Channel and address, with the sender that was stopped; recipient, category and channel (`flag`: wanted); category (`flag`:
 * essential); or nothing.
 */
interface ConsentRow {
  readonly kind: 'suppressed' | 'stopped' | 'choice' | 'category' | 'tenant';
  readonly tenant: string;
  readonly first: string;
  readonly second: string;
  readonly third: string;
  readonly flag: boolean;
  readonly defaults: CategoryDefaults | null;
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
    `SELECT DISTINCT CASE s.sender WHEN '' THEN 'suppressed' ELSE 'stopped' END AS kind, s.tenant, s.channel AS first, x.own AS second, s.sender AS third, true AS flag, NULL::jsonb AS defaults
       FROM unnest($1::text[], $2::text[], $3::text[], $8::text[]) AS x(tenant, channel, address, own)
       JOIN relance.suppressions s ON s.tenant = x.tenant AND s.channel = x.channel AND s.address = x.address AND s.lifted_at IS NULL
     UNION ALL SELECT 'choice', c.tenant, c.recipient, c.category, c.channel, c.wanted, NULL FROM unnest($4::smallint[], $5::text[], $6::text[]) AS x(slot, tenant, recipient)
       JOIN relance.choices c ON c.slot = x.slot AND c.tenant = x.tenant AND c.recipient = x.recipient
     UNION ALL SELECT 'category', c.tenant, c.id, '', '', c.essential, c.defaults FROM relance.categories c WHERE c.tenant = ANY($7)
       AND (c.essential OR c.defaults <> '{}' OR EXISTS (SELECT FROM relance.tenants t WHERE t.id = c.tenant AND t.settings ? 'preferences'))
     UNION ALL SELECT 'tenant', t.id, '', '', '', true, t.settings -> 'preferences' FROM relance.tenants t WHERE t.id = ANY($7) AND t.settings ? 'preferences'`,
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

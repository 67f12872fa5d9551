// What decisions need to know about people: recipients, their managers, groups, schedules, tenants, gathered in sets. One
// query for each level of managers and delegates, one for groups, one for schedules. Writing them is recipient.ts, group.ts, schedule.ts.
import {
  type Consent,
  type Directory,
  FAN_OUT_INLINE_MAX,
  type Group,
  type Instant,
  MANAGER_LEVELS_MAX,
  onCallAt,
  type Recipient,
  readPreferences,
  readPreferredPlan,
  type Schedule,
  slotOfRecipient,
  type WirePreferences,
} from '@relance/core';
import type { Tx } from '../database.ts';
import { gatherConsent, withUsualFrequency } from './consent.ts';
import { gatherPicks } from './group-turn.ts';
import { compiledSchedules } from './schedule.ts';
import { NO_SETTINGS, tenantSettings } from './tenant.ts';

export interface DirectoryDemand {
  readonly recipients: Set<string>;
  readonly groups: Set<string>;
  /** Those of the groups of which a strategy picks one member. */
  readonly picks: Set<string>;
  /** The levels that are asked who is on call, by schedule. */
  readonly schedules: Map<string, Set<number>>;
  /** Who does something now, so that a group too large to be read knows whether they are in it. */
  readonly asked: Set<string>;
  managers: boolean;
}
/** By tenant. */
export type DirectoryDemands = Map<string, DirectoryDemand>;

export const demandOf = (demands: DirectoryDemands, tenant: string): DirectoryDemand => {
  const known = demands.get(tenant);
  if (known !== undefined) return known;
  const fresh: DirectoryDemand = {
    recipients: new Set(),
    groups: new Set(),
    picks: new Set(),
    schedules: new Map(),
    asked: new Set(),
    managers: false,
  };
  demands.set(tenant, fresh);
  return fresh;
};

interface RecipientRow {
  readonly tenant: string;
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly locale: string | null;
  readonly time_zone: string | null;
  readonly location: Recipient['location'];
  readonly manager: string | null;
  readonly traits: Record<string, unknown>;
  readonly endpoints: Recipient['endpoints'];
  readonly plan: { readonly normal?: unknown; readonly urgent?: unknown } | null;
  readonly away: Recipient['away'];
  readonly preferences: WirePreferences | null;
  /** Null where there is none. */
  readonly devices: readonly string[] | null;
}

export const rowToRecipient = (row: RecipientRow): Recipient => ({
  id: row.id,
  name: row.name,
  email: row.email,
  phone: row.phone,
  // Their own word goes before what the application says of them.
  locale: row.preferences?.locale ?? row.locale,
  timeZone: row.preferences?.timeZone ?? row.time_zone,
  location: row.location,
  manager: row.manager,
  traits: row.traits,
  endpoints: [...row.endpoints, ...(row.devices ?? []).map((address) => ({ channel: 'push' as const, address }))],
  plan: { normal: readPreferredPlan(row.plan?.normal), urgent: readPreferredPlan(row.plan?.urgent) },
  away: row.away,
  preferences: readPreferences(row.preferences),
});

/** Of who is on call, those of `now` are gathered: the instant that the decision is made for. */
export async function gatherDirectories(
  tx: Tx,
  demands: DirectoryDemands,
  now: Instant,
): Promise<Map<string, Directory>> {
  const [tenants, groups, schedules] = await Promise.all([
    tenantSettings(tx, [...demands.keys()]),
    gatherGroups(tx, demands),
    gatherSchedules(tx, demands, now),
  ]);
  const recipients = await gatherRecipients(tx, demands);
  const consents = await gatherConsent(
    tx,
    [...demands].map(([tenant, demand]) => {
      const known = recipients.get(tenant) ?? new Map<string, Recipient>();
      return { tenant, recipients: known.values(), unknown: [...demand.recipients].filter((id) => !known.has(id)) };
    }),
  );
  return new Map(
    [...demands.keys()].map((tenant) => [
      tenant,
      {
        tenant: tenants.get(tenant) ?? NO_SETTINGS,
        recipients: asUsual(recipients.get(tenant), consents.get(tenant)),
        groups: groups.get(tenant) ?? new Map(),
        schedules: schedules.get(tenant) ?? new Map(),
        ...consentOf(consents.get(tenant)),
      },
    ]),
  );
}

const asUsual = (people: ReadonlyMap<string, Recipient> = new Map(), consent: Consent | undefined) =>
  consent === undefined || consent.standings.size === 0
    ? people
    : new Map([...people].map(([id, one]) => [id, withUsualFrequency(one, consent)]));
const consentOf = (consent: Consent | undefined): { readonly consent?: Consent } =>
  consent === undefined ? {} : { consent };

async function gatherGroups(tx: Tx, demands: DirectoryDemands): Promise<Map<string, Map<string, Group>>> {
  const asked = [...demands].flatMap(([tenant, demand]) => [...demand.groups].map((id) => ({ tenant, id })));
  const acting = [...demands.values()].flatMap((demand) => [...demand.asked]);
  const found = new Map<string, Map<string, Group>>();
  if (asked.length === 0) return found;
  const rows = await tx.query<{
    tenant: string;
    id: string;
    name: string | null;
    size: number;
    members: string[] | null;
    asked: string[] | null;
  }>(
    `SELECT g.tenant, g.id, g.name,
       (SELECT count(*) FROM relance.group_members m WHERE m.tenant = g.tenant AND m.group_id = g.id) AS size,
       (SELECT array_agg(recipient ORDER BY position) FROM (SELECT recipient, position FROM relance.group_members m
         WHERE m.tenant = g.tenant AND m.group_id = g.id ORDER BY position LIMIT $3) AS first) AS members,
       (SELECT array_agg(m.recipient) FROM relance.group_members m
         WHERE m.tenant = g.tenant AND m.group_id = g.id AND m.recipient = ANY($4)) AS asked
     FROM relance.groups g JOIN unnest($1::text[], $2::text[]) AS x(tenant, id) ON g.tenant = x.tenant AND g.id = x.id`,
    [asked.map((one) => one.tenant), asked.map((one) => one.id), FAN_OUT_INLINE_MAX, acting],
  );
  const picks = await gatherPicks(
    tx,
    rows.filter(({ tenant, id }) => demands.get(tenant)?.picks.has(id)),
  );
  for (const { tenant, ...group } of rows) {
    const ofTenant = found.get(tenant) ?? new Map<string, Group>();
    const members = group.members ?? [];
    ofTenant.set(group.id, { ...group, members, asked: new Set(group.asked), ...picks.get(`${tenant}\n${group.id}`) });
    found.set(tenant, ofTenant);
    for (const member of group.members ?? []) demandOf(demands, tenant).recipients.add(member);
  }
  return found;
}

async function gatherSchedules(
  tx: Tx,
  demands: DirectoryDemands,
  now: Instant,
): Promise<Map<string, Map<string, Schedule>>> {
  const asked = [...demands].flatMap(([tenant, demand]) => [...demand.schedules.keys()].map((id) => ({ tenant, id })));
  const found = new Map<string, Map<string, Schedule>>();
  for (const { tenant, id, schedule } of await compiledSchedules(tx, asked)) {
    const ofTenant = found.get(tenant) ?? new Map<string, Schedule>();
    found.set(tenant, ofTenant.set(id, schedule));
    const demand = demandOf(demands, tenant);
    for (const level of demand.schedules.get(id) ?? [])
      for (const person of onCallAt(schedule, now, level).recipients) demand.recipients.add(person);
  }
  return found;
}

async function gatherRecipients(tx: Tx, demands: DirectoryDemands): Promise<Map<string, Map<string, Recipient>>> {
  const found = new Map<string, Map<string, Recipient>>();
  let wanted = [...demands].flatMap(([tenant, demand]) => [...demand.recipients].map((id) => ({ tenant, id })));
  for (let level = 0; level <= MANAGER_LEVELS_MAX && wanted.length > 0; level++) {
    const recipients = await readRecipients(tx, wanted);
    wanted = [];
    for (const { tenant, recipient } of recipients) {
      const ofTenant = found.get(tenant) ?? new Map<string, Recipient>();
      found.set(tenant, ofTenant.set(recipient.id, recipient));
    }
    for (const { tenant, recipient } of recipients) {
      const { manager, away } = recipient;
      const next = [demands.get(tenant)?.managers === true ? manager : null, ...away.map(({ delegate }) => delegate)];
      for (const id of next) if (id != null && found.get(tenant)?.has(id) !== true) wanted.push({ tenant, id });
    }
  }
  return found;
}

export async function readRecipients(
  tx: Tx,
  wanted: readonly { tenant: string; id: string }[],
): Promise<{ tenant: string; recipient: Recipient }[]> {
  const unique = [...new Map(wanted.map((one) => [`${one.tenant}\n${one.id}`, one])).values()];
  const rows = await tx.query<RecipientRow>(
    `SELECT r.tenant, r.id, r.name, r.email, r.phone, r.locale, r.time_zone, r.location, r.manager, r.traits, r.endpoints, r.plan, r.away, r.preferences,
       (SELECT array_agg(d.address ORDER BY d.id) FROM relance.devices d
         WHERE d.slot = r.slot AND d.tenant = r.tenant AND d.recipient = r.id) AS devices
     FROM relance.recipients r JOIN unnest($1::smallint[], $2::text[], $3::text[]) AS x(slot, tenant, id) ON r.slot = x.slot AND r.tenant = x.tenant AND r.id = x.id`,
    [
      unique.map((one) => slotOfRecipient(one.tenant, one.id)),
      unique.map((one) => one.tenant),
      unique.map((one) => one.id),
    ],
  );
  return rows.map((row) => ({ tenant: row.tenant, recipient: rowToRecipient(row) }));
}

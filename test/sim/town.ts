// The people of a world and their tenant, as every world begins.
import { type Database, ENGINE } from '../../packages/server/src/store/database.ts';
import { putCategory } from '../../packages/server/src/store/sql/category.ts';
import { putGroup } from '../../packages/server/src/store/sql/group.ts';
import { publishPolicy } from '../../packages/server/src/store/sql/policy.ts';
import { putRecipients } from '../../packages/server/src/store/sql/recipient.ts';
import { person } from '../world.ts';
import { NEWS_OFF } from './choices.ts';
import type { SimPolicy } from './policies.ts';
import type { Settings } from './tenant.ts';

/** Those who choose what they are told, whoever is told most first. */
export const PEOPLE = ['ana', 'ana', 'bo', 'boss', 'sam', 'push'] as const;
const EMPTIED = [
  'follow_ups',
  'live_keys',
  'timers',
  'fan_outs',
  'lookups',
  'batches',
  'suspects',
  'outbox',
  'messages',
  'attempts',
  'receipts',
  'timeline',
  'inbox',
  'action_tokens',
  'events',
  'event_keys',
  'early_events',
  'policies',
  'policy_versions',
  'recipients',
  'groups',
  'usages',
  'choices',
  'preference_changes',
  'categories',
];
const RESOLVERS = { crm: { url: 'https://crm.example.test' } };

export async function begin(database: Database, policies: readonly SimPolicy[], start: string): Promise<void> {
  await database.transaction(ENGINE, async (tx) => {
    await tx.query('SET LOCAL ROLE NONE'); // only the owner may truncate
    await tx.query(`TRUNCATE ${EMPTIED.map((table) => `relance.${table}`).join(', ')} CASCADE`);
  });
  await database.transaction(ENGINE, async (tx) => {
    await tx.query(`UPDATE relance.clock SET mode = 'virtual', story_at = $1, advancer = NULL, advancer_until = NULL`, [
      start,
    ]);
    const contact = {
      email: 'x@example.test',
      phone: '+34600000001',
      endpoints: [{ channel: 'chat' as const, address: 'x' }],
    };
    await putRecipients(tx, 'default', [
      person({ id: 'ana', ...contact, manager: 'bo', timeZone: 'Europe/Madrid' }),
      person({ id: 'bo', ...contact, manager: 'boss' }),
      person({ id: 'boss', ...contact }),
      person({ id: 'sam', ...contact }),
      person({ id: 'mute', manager: 'bo' }),
      person({ id: 'push', endpoints: [{ channel: 'push', address: 'device' }], manager: 'ana' }),
    ]);
    await putGroup(tx, 'default', { id: 'office', name: null, members: ['bo', 'sam', 'mute'] });
    await putGroup(tx, 'default', { id: 'empty', name: null, members: [] });
    const plain = { title: 'x', essential: false, why: null, defaults: {} };
    await putCategory(tx, 'default', { ...plain, id: 'billing' });
    await putCategory(tx, 'default', { ...plain, id: 'news', defaults: { channels: { [NEWS_OFF]: false } } });
    await putCategory(tx, 'default', { ...plain, id: 'safety', essential: true });
    for (const { id, written, category } of policies)
      await publishPolicy(tx, 'default', { id, version: 1, written, category, by: null });
  });
  await setTenant(database, {});
}

export const setTenant = (database: Database, settings: Settings): Promise<void> =>
  database.transaction(ENGINE, async (tx) => {
    await tx.query(
      `INSERT INTO relance.tenants (id, settings) VALUES ('default', $1) ON CONFLICT (id) DO UPDATE SET settings = excluded.settings`,
      [JSON.stringify({ resolvers: RESOLVERS, ...settings })],
    );
  });

// No table is forgotten by an erasure: the database itself tells which have somebody's id or address in a column, each gets a row of
// them, and nothing of it is left afterwards. What is left on purpose is named here, with the reason. What others wrote in words is
// test/e2e/erase.test.ts.
import { randomUUID } from 'node:crypto';
import { slotOfId, slotOfRecipient } from '@relance/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../../test/http-world.ts';
import { ENGINE } from '../../store/database.ts';
import { slotOfFigures } from '../../store/sql/metric-day.ts';

const WHO = 'quill';
const EMAIL = 'quill@canary.test';
const PHONE = '+34600123987';
const POLICY = `
policy: task
open: { on: task.created }
key: event.data.id
assignee: event.data.who
fallback: recipient(boss)
stages: [{ id: notice, at: opened, notify: { via: [email] } }]
`;

/** Columns that hold somebody's id or address, in whatever table. */
const NAMING = ['recipient', 'address', 'phone', 'sender', 'email', 'assignee', 'requester', 'actor', 'manager'];
/** Written by the world itself when somebody is told of something: rows that cannot be made up. */
const BY_THE_WORLD = [
  'recipients',
  'follow_ups',
  'outbox',
  'messages',
  'timeline',
  'inbox',
  'devices',
  'group_members',
];
const LEFT: Readonly<Record<string, string>> = {
  suppressions: 'stay in force, by the keyed hash of the address',
  erasures: 'forget whom they looked for when they are done',
};

let http: HttpWorld;
beforeAll(async () => {
  http = await createHttpWorld();
  await http.world.people([
    { id: WHO, name: 'Quill', email: EMAIL, phone: PHONE },
    { id: 'boss', email: 'boss@example.test' },
  ]);
  await http.world.group('desk', [WHO, 'boss']);
  await http.world.policy(POLICY);
});
afterAll(() => http.end());

const rows = <Row extends object>(text: string, values: readonly unknown[] = []) =>
  http.world.database.transaction(ENGINE, (tx) => tx.query<Row>(text, values));
const open = async (id: string, who: string): Promise<string> => {
  const [outcome] = await http.world.event('task.created', { id, who });
  await http.world.settle();
  return outcome?.kind === 'accepted' ? (outcome.followUps[0]?.id ?? '') : '';
};

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly needed: boolean;
}
const columns = (): Promise<Column[]> =>
  rows<Column>(
    `SELECT c.table_name AS table, c.column_name AS name, c.udt_name AS type, c.is_nullable = 'NO' AND c.column_default IS NULL AND c.is_identity = 'NO' AS needed
     FROM information_schema.columns c JOIN pg_class p ON p.oid = format('relance.%I', c.table_name)::regclass
     WHERE c.table_schema = 'relance' AND p.relkind IN ('r', 'p') AND NOT p.relispartition ORDER BY c.table_name, c.ordinal_position`,
  );
const nameOf = ({ name }: Column) => NAMING.includes(name);

function slotIn(table: string, ofFollowUp: boolean, followUp: string): number {
  if (table === 'metric_people') return slotOfFigures('default');
  return ofFollowUp || table === 'visits' ? slotOfId(followUp) : slotOfRecipient('default', WHO);
}

/** A row of theirs, with what its columns ask for and no more. */
async function insert(table: string, all: readonly Column[], followUp: string, twist: object = {}): Promise<void> {
  const byAddress = all.some(({ name }) => name === 'recipient') === false || table === 'reply_codes';
  const ofFollowUp = all.some(({ name }) => name === 'follow_up_id');
  const made: Record<string, unknown> = {
    tenant: 'default',
    recipient: WHO,
    group_id: 'desk',
    address: PHONE,
    sender: EMAIL,
    slot: slotIn(table, ofFollowUp, followUp),
    follow_up_id: followUp,
    message_id: followUp,
    ...twist,
  };
  const blank: Readonly<Record<string, unknown>> = {
    text: byAddress ? 'x' : 'email',
    uuid: randomUUID(),
    timestamptz: new Date('2026-11-02'),
    date: '2026-10-01',
    jsonb: '{}',
    int2: 1,
    int4: 1,
    int8: 1,
    bool: true,
    bytea: Buffer.from(randomUUID()),
    _text: [],
  };
  const own = all.filter((one) => one.needed || one.name in made);
  const values = own.map(({ name, type }) => (name in made ? made[name] : blank[type]));
  await rows(
    `INSERT INTO relance.${table} (${own.map(({ name }) => name).join(', ')}) VALUES (${own.map((_, index) => `$${index + 1}`).join(', ')})`,
    values,
  );
}

async function found(table: string): Promise<string[]> {
  const all = await rows<{ row: string }>(`SELECT to_jsonb(t)::text AS row FROM relance.${table} t`);
  return all.map(({ row }) => row).filter((row) => /"quill"|canary|600123987/.test(row));
}

it('every table that has an id or an address of somebody has nothing of them afterwards', async () => {
  const byTable = Map.groupBy(await columns(), ({ table }) => table);
  const naming = [...byTable].filter(([table, all]) => all.some(nameOf) && LEFT[table] === undefined);
  expect(naming.length).toBeGreaterThan(15);
  const followUp = await open('one', WHO);
  const other = await open('two', 'boss');
  for (const [table, all] of naming) {
    if (!BY_THE_WORLD.includes(table)) await insert(table, all, followUp);
    if (!['devices', 'outbox', 'inbox'].includes(table))
      expect([table, (await found(table)).length > 0]).toEqual([table, true]);
  }
  // Nobody was known by their address when they wrote about what somebody else was asked.
  const replies = byTable.get('replies') ?? [];
  await insert('replies', replies, other, { recipient: null, text: 'mine', provider_id: 'a' });
  await insert('replies', replies, other, {
    recipient: null,
    sender: `x${EMAIL}`,
    text: 'of somebody else',
    provider_id: 'b',
  });
  const answers = JSON.stringify([
    { at: '', by: WHO, text: 'I, quill', message: '' },
    { at: '', by: 'boss', text: `ask ${EMAIL}`, message: '' },
  ]);
  await insert('replies', replies, other, {
    recipient: 'boss',
    sender: 'boss@example.test',
    answers,
    provider_id: 'c',
  });

  expect((await http.call('POST', `/v1/recipients/${WHO}/erase`, {})).body).toMatchObject({ status: 'done' });

  const kept = await rows<{ text: string; answers: { by: string; text: string }[] }>(
    'SELECT text, answers FROM relance.replies ORDER BY provider_id',
  );
  expect(kept).toMatchObject([
    { text: 'of somebody else' },
    {
      answers: [
        { by: expect.stringMatching(/^erased-/), text: '' },
        { by: 'boss', text: expect.stringMatching(/^ask erased-/) },
      ],
    },
  ]);
  await rows('DELETE FROM relance.replies');
  for (const [table] of naming) expect([table, await found(table)]).toEqual([table, []]);
  for (const table of Object.keys(LEFT)) expect([table, await found(table)]).toEqual([table, []]);
});

// Whom somebody may give to what they are asked is found among those they have to do with, however many people a tenant has: each
// reply and each press of a form asks it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase } from '../../../../../test/database.ts';
import { costOf } from '../../../../../test/plan.ts';
import { person } from '../../../../../test/world.ts';
import { type Database, ENGINE, openDatabase } from '../database.ts';
import { keyedHash } from '../keyed-hash.ts';
import { candidateAt, candidateOf, candidatesOf, type Giver } from './colleague.ts';
import { putGroup } from './group.ts';
import { putRecipients } from './recipient.ts';

const PEOPLE = 5_000;
const nth = (index: number) => `person-${index}`;
const ANA: Giver = {
  tenant: 'default',
  recipient: nth(0),
  followUp: { requester: nth(10), escalated: [nth(20), nth(21)] },
};
const THEIRS = [1, 2, 10, 20, 21, 4_999].map(nth).sort();

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  const made = await createTestDatabase();
  drop = made.drop;
  database = openDatabase({ url: made.url, connectionsMax: 2, hash: keyedHash(Buffer.alloc(32, 1)) });
  await database.transaction(ENGINE, async (tx) => {
    const people = Array.from({ length: PEOPLE }, (_, index) =>
      person({
        id: nth(index),
        email: `${nth(index)}@example.test`,
        ...(index === 0 ? { manager: nth(PEOPLE - 1) } : {}),
      }),
    );
    await putRecipients(tx, 'default', people);
    await putRecipients(tx, 'other', [person({ id: nth(0) }), person({ id: nth(3), email: 'person-3@example.test' })]);
    await putGroup(tx, 'default', { id: 'desk', name: null, members: [0, 1, 2].map(nth) });
    await putGroup(tx, 'default', { id: 'all', name: null, members: people.slice(1).map(({ id }) => id) });
    await putGroup(tx, 'other', { id: 'desk', name: null, members: [0, 3].map(nth) });
  });
  // As autovacuum does once a table has grown: plans are made of what is known of it.
  await database.transaction(ENGINE, async (tx) => {
    await tx.query('SET LOCAL ROLE NONE');
    await tx.query('ANALYZE relance.recipients, relance.group_members');
  });
}, 120_000);
afterAll(async () => {
  await database.close();
  await drop();
});

it('all of them, and nobody else, is found without looking at everybody', async () => {
  const { rows, most } = await costOf(database, (tx) => candidatesOf(tx, ANA));
  expect(rows.map(({ id }) => id).sort()).toEqual(THEIRS);
  expect(rows.find(({ id }) => id === nth(10))).toEqual({
    id: nth(10),
    name: nth(10),
    addresses: ['person-10@example.test'],
  });
  expect(most).toBeLessThan(200);
});
it.each(THEIRS)('%s may have it, by id and by address', async (id) => {
  const byId = await costOf(database, (tx) => candidateOf(tx, ANA, id));
  const byAddress = await costOf(database, (tx) => candidateAt(tx, ANA, `${id.toUpperCase()}@example.test`));
  expect([byId.rows, byAddress.rows]).toEqual([id, id]);
  expect(Math.max(byId.most, byAddress.most)).toBeLessThan(200);
});
it.each([0, 3, 4_998, PEOPLE].map(nth))('%s may not', async (id) => {
  const asked = database.transaction(ENGINE, async (tx) => [
    await candidateOf(tx, ANA, id),
    await candidateAt(tx, ANA, `${id}@example.test`),
  ]);
  expect(await asked).toEqual([null, null]);
});
it('where there are more than names tell apart, none is offered by name, and each may have it by address', async () => {
  const giver = { ...ANA, recipient: nth(7) };
  const offered = await costOf(database, (tx) => candidatesOf(tx, giver));
  expect(offered.rows).toEqual([]);
  expect(offered.most).toBeLessThan(2_000);
  const named = await costOf(database, (tx) => candidateAt(tx, giver, `${nth(4_000)}@example.test`));
  expect(named.rows).toBe(nth(4_000));
  expect(named.most).toBeLessThan(200);
});

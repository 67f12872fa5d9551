// Policies that count in a named calendar, over the real engine: holidays of a country, a calendar that is edited while
// follow-ups are under way, one that is written in the policy, and due dates that end with the day's hours.
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { type CalendarBody, deleteCalendar, putCalendar } from '../../packages/server/src/store/sql/calendar.ts';
import { createWorld, toRfc3339, type World } from '../world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld({ start: '2026-04-27T08:00:00Z' }); // a Monday; Friday the first of May is a holiday in France
  await world.people([{ id: 'ana', email: 'ana@example.test' }]);
});
afterEach(() => world.end());

const put = (body: Omit<CalendarBody, 'name'>) =>
  world.database.transaction(ENGINE, (tx) => putCalendar(tx, 'default', 'office', { name: null, ...body }));
const OFFICE = { zone: 'Europe/Paris', hours: { 'mon-fri': '09:00-18:00' }, holidays: 'FR' };
const policy = (calendar = 'office', at = 'opened + 4 business days') =>
  world.policy(`
policy: task
open: { on: task.asked }
key: event.data.id
calendar: ${calendar}
due: event.data.due
assignee: "'ana'"
stages:
  - { id: notice, at: opened, notify: { via: [email] } }
  - { id: reminder, at: ${at}, notify: { via: [email] } }
`);
async function open(data: object = {}): Promise<string> {
  const [outcome] = await world.event('task.asked', { id: '1', ...data });
  await world.settle();
  return outcome?.kind === 'accepted' ? (outcome.followUps[0]?.id ?? '') : '';
}
const sentAt = async (id: string): Promise<string[]> =>
  (await world.timeline(id))
    .filter(({ kind }) => kind === 'message_sent')
    .map(({ stage, at }) => `${stage} ${toRfc3339(at as never)}`);

it('leaves out the holidays of its country', async () => {
  await put(OFFICE);
  await policy();
  const id = await open();
  await world.advance('30 days');
  // Tuesday, Wednesday, Thursday; not Friday the first; Monday.
  expect(await sentAt(id)).toEqual(['notice 2026-04-27T08:00:00.000Z', 'reminder 2026-05-04T08:00:00.000Z']);
});

it('moves what is under way when it is edited, says so once, and leaves others alone', async () => {
  await put(OFFICE);
  await policy();
  const id = await open();
  await world.policy(`
policy: other
open: { on: other.asked }
key: event.data.id
assignee: "'ana'"
stages: [{ id: notice, at: opened + 10 days, notify: { via: [email] } }]
`);
  const [other] = await world.event('other.asked', { id: '1' });
  await put({ ...OFFICE, exceptions: { '2026-05-04': 'closed' } });
  await put({ ...OFFICE, exceptions: { '2026-05-04': 'closed' } }); // the same again changes nothing
  await world.settle();
  const lines = await world.timeline(id);
  expect(lines.filter(({ kind }) => kind === 'replanned')).toMatchObject([
    { reason: 'calendar_changed', stage: 'reminder' },
  ]);
  const untouched = other?.kind === 'accepted' ? (other.followUps[0]?.id ?? '') : '';
  expect((await world.timeline(untouched)).map(({ kind }) => kind)).toEqual(['opened']);
  await world.advance('9 days');
  expect(await sentAt(id)).toEqual(['notice 2026-04-27T08:00:00.000Z', 'reminder 2026-05-05T08:00:00.000Z']);
  expect(await world.node.watch()).toBe(0);
});

it('counts in the new one where a calendar was deleted and made again', async () => {
  await put(OFFICE);
  await policy();
  await open();
  await world.database.transaction(ENGINE, (tx) => deleteCalendar(tx, 'default', 'office'));
  await put({ ...OFFICE, exceptions: { '2026-05-04': 'closed' } }); // version 1 again
  const [again] = await world.event('task.asked', { id: '2' });
  await world.settle();
  await world.advance('10 days');
  const id = again?.kind === 'accepted' ? (again.followUps[0]?.id ?? '') : '';
  expect(await sentAt(id)).toEqual(['notice 2026-04-27T08:00:00.000Z', 'reminder 2026-05-05T08:00:00.000Z']);
});

it('moves what is under way when it is deleted and made again', async () => {
  await put({ ...OFFICE, exceptions: { '2026-04-30': 'closed' } });
  await policy();
  const id = await open();
  await world.database.transaction(ENGINE, (tx) => deleteCalendar(tx, 'default', 'office'));
  await put(OFFICE); // version 1 again, and a day sooner
  await world.advance('10 days');
  expect(await sentAt(id)).toEqual(['notice 2026-04-27T08:00:00.000Z', 'reminder 2026-05-04T08:00:00.000Z']);
});

it('moves also what somebody holds while it is edited', async () => {
  await put({ ...OFFICE, exceptions: { '2026-04-30': 'closed' } });
  await policy();
  const id = await open();
  const holder = new pg.Client({ connectionString: world.url });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT FROM relance.follow_ups FOR UPDATE');
  await put(OFFICE);
  await world.settle();
  await holder.query('ROLLBACK');
  await holder.end();
  await world.database.transaction(ENGINE, (tx) =>
    tx.query('UPDATE relance.suspects SET retry_at = clock_timestamp()'),
  );
  await world.settle();
  expect((await world.timeline(id)).at(-1)).toMatchObject({ kind: 'replanned', reason: 'calendar_changed' });
  await world.advance('10 days');
  expect(await sentAt(id)).toEqual(['notice 2026-04-27T08:00:00.000Z', 'reminder 2026-05-04T08:00:00.000Z']);
});

it('looks at thousands again in bites', async () => {
  await put(OFFICE);
  await policy();
  await open();
  await world.database.transaction(ENGINE, async (tx) => {
    await tx.query(
      `INSERT INTO relance.follow_ups (slot, id, tenant, policy, version, key, status, urgency, subject, data, assignee, opened_at, stage, next_at, next_stage, wake_at, state, revision, timeline_count)
       SELECT f.slot, overlay(f.id::text placing lpad(to_hex(n), 12, '0') from 25)::uuid, f.tenant, f.policy, f.version, 'k' || n, f.status, f.urgency, f.subject, f.data, f.assignee, f.opened_at, f.stage,
         f.next_at, f.next_stage, f.wake_at, f.state, f.revision, f.timeline_count FROM relance.follow_ups f, generate_series(1, 2500) n WHERE f.key = '1'`,
    );
    await tx.query(`INSERT INTO relance.timers SELECT slot, wake_at, id FROM relance.follow_ups WHERE key LIKE 'k%'`);
    await tx.query(
      `INSERT INTO relance.live_keys SELECT slot, tenant, policy, key, '', id FROM relance.follow_ups WHERE key LIKE 'k%'`,
    );
  });
  await put({ ...OFFICE, exceptions: { '2026-05-04': 'closed' } });
  await world.settle();
  const [row] = await world.database.transaction(ENGINE, (tx) =>
    tx.query(
      `SELECT count(*) AS all, count(*) FILTER (WHERE next_at = '2026-05-05T08:00:00Z') AS moved FROM relance.follow_ups`,
    ),
  );
  expect(row).toEqual({ all: 2_501, moved: 2_501 });
  expect(await world.node.watch()).toBe(0);
});

it('may be written in the policy, and ends a due date with the hours of its day', async () => {
  await policy(
    '{ zone: Europe/Paris, hours: { mon-thu: "09:00-18:00", fri: "09:00-16:00" }, holidays: FR }',
    'due - 1 business day',
  );
  const id = await open({ due: '2026-05-07' }); // the eighth is a holiday, so Thursday is near the end
  await world.advance('30 days');
  expect(await sentAt(id)).toEqual(['notice 2026-04-27T08:00:00.000Z', 'reminder 2026-05-06T16:00:00.000Z']);
});

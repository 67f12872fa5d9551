// Which items of an inbox live on when others of the same follow-up come: the newest, those with buttons that it lacks, and alarms.
import type { Instant } from '@relance/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWorld, instantOf, type World } from '../../../../../test/world.ts';
import { ENGINE } from '../database.ts';
import { archiveInbox, type InboxItem, insertInbox } from './inbox.ts';
import { countInbox, listInbox } from './inbox-list.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

const START = instantOf('2026-11-02T09:00:00Z');
let numbered = 0;
const item = (title: string, hour: number, more: Partial<InboxItem> = {}): InboxItem => ({
  tenant: 'default',
  recipient: 'ana',
  messageId: `019a0000-0000-7000-8000-${String(++numbered).padStart(12, '0')}`,
  followUpId: '019a0000-0000-7000-9000-000000000001',
  at: (START + hour * 3_600_000) as Instant,
  title,
  body: '',
  actions: [],
  ...more,
});
const add = (...items: InboxItem[]) => world.database.transaction(ENGINE, (tx) => insertInbox(tx, items));
const shown = (recipient = 'ana') =>
  world.database.transaction(ENGINE, async (tx) => {
    const of = { tenant: 'default', recipient };
    const options = { before: null, unread: false, archived: false, as: null, limit: 50 };
    const titles = (await listInbox(tx, of, options)).map(({ title }) => title);
    expect((await countInbox(tx, of)).total).toBe(titles.length);
    return titles.toSorted();
  });

it('the newest of a follow-up, whoever else has items of it and whatever other follow-ups say', async () => {
  const other = { followUpId: '019a0000-0000-7000-9000-000000000002' };
  await add(item('notice', 0), item('other notice', 0, other), item('notice of bo', 0, { recipient: 'bo' }));
  expect(await shown()).toEqual(['notice', 'other notice']);
  // Of one moment the one that is written last.
  await add(item('reminder', 24), item('final', 24));
  expect(await shown()).toEqual(['final', 'other notice']);
  expect(await shown('bo')).toEqual(['notice of bo']);
});

it('no alarm, which takes the place of nothing and stays', async () => {
  await add(item('alarm', 30, { alone: true }));
  expect(await shown()).toEqual(['alarm', 'final', 'other notice']);
  await add(item('escalation', 40));
  expect(await shown()).toEqual(['alarm', 'escalation', 'other notice']);
});

it('nothing that was under way while its follow-up closed, whatever else tells the end', async () => {
  await add(item('resolved', 50));
  await add(item('late reminder', 51, { late: true }));
  expect(await shown()).toEqual(['alarm', 'other notice', 'resolved']);
});

it('and a message that is recorded twice changes nothing', async () => {
  const twice = item('last', 60);
  await add(twice);
  await add(item('after it', 61));
  await add(twice);
  expect(await shown()).toEqual(['after it', 'alarm', 'other notice']);
});

it('an item whose buttons a newer one lacks, until one comes that has them', async () => {
  const cleo = (title: string, hour: number, ...names: string[]) =>
    item(title, hour, { recipient: 'cleo', actions: names.map((name) => ({ name, label: name, url: `/a/${name}` })) });
  await add(cleo('asked', 0, 'acknowledge', 'resolve', 'snooze'));
  await add(cleo('told as a watcher', 1));
  expect(await shown('cleo')).toEqual(['asked', 'told as a watcher']);
  await add(cleo('told as who waits for it', 2, 'resolve'));
  expect(await shown('cleo')).toEqual(['asked', 'told as who waits for it']);
  // Of one batch as well, in whatever order it is written.
  await add(cleo('asked again', 3, 'snooze', 'resolve', 'acknowledge'), cleo('told once more', 4));
  expect(await shown('cleo')).toEqual(['asked again', 'told once more']);
});

it('an alarm when one of the follow-ups closes that it is about', async () => {
  const about = { recipient: 'dan', followUpId: '019a0000-0000-7000-9000-000000000003' };
  await add(item('alarm', 0, { ...about, alone: true }), item('notice', 0, about));
  await world.database.transaction(ENGINE, (tx) => archiveInbox(tx, [about.followUpId], START));
  expect(await shown('dan')).toEqual(['alarm']);
});

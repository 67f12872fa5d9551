// Stories of what people choose and of what limits interruptions, as files (test/stories): settings, people and policies, then
// what happens, line by line, over the HTTP interface on a virtual clock. Every `sent` lists all that was handed over since the last
// one, so that silence is asserted as well.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CHANNELS, toRfc3339 } from '@relance/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readYamlFile } from '../../packages/server/src/app/yaml-file.ts';
import { ENGINE } from '../../packages/server/src/store/database.ts';
import { putTenantSettings } from '../../packages/server/src/store/sql/tenant.ts';
import { createHttpWorld, type HttpWorld } from '../http-world.ts';

const FOLDER = join(import.meta.dirname, '..', 'stories');

const body = z.record(z.string(), z.unknown());
const step = z.union([
  z.strictObject({ event: z.strictObject({ type: z.string(), data: body }) }),
  z.strictObject({ put: z.string(), body, status: z.int().default(200) }),
  z.strictObject({ post: z.string(), body: body.default({}), status: z.int().default(200) }),
  z.strictObject({ delete: z.string(), status: z.int().default(200) }),
  /** The button of a mail program in the last mail to somebody. */
  z.strictObject({ unsubscribe: z.string() }),
  z.strictObject({ advance: z.string() }),
  z.strictObject({ sent: z.array(z.string()) }),
  /** Why the messages of a follow-up went or did not, by its policy and key. */
  z.strictObject({ said: z.string(), lines: z.array(z.string()) }),
]);
const storySchema = z.strictObject({
  title: z.string(),
  start: z.string().default('2026-11-02T09:00:00Z'), // a Monday
  settings: body.default({}),
  people: z.array(body),
  categories: z.array(body).default([]),
  /** `like` names another one of the list, of which this is a variation. */
  policies: z.array(body),
  story: z.array(step).min(2),
});
type Story = z.output<typeof storySchema>;

const fileOf = (name: string): readonly Story[] => {
  const read = readYamlFile(join(FOLDER, name));
  if (read.kind !== 'read') throw new Error(`${name} cannot be read`);
  return z.array(storySchema).parse(read.value);
};

let http: HttpWorld;
const told = new Map<string, number>();
afterEach(() => http.end());

/** `11-03 09:00 email ana: Bill 1`, in their order. */
function sent(): string[] {
  const news = CHANNELS.flatMap((channel) => {
    const { sent: all } = http.world.recorders[channel];
    const fresh = all.slice(told.get(channel) ?? 0);
    told.set(channel, all.length);
    return fresh.map(({ at, recipient, content }) => ({
      at,
      line: `${toRfc3339(at).slice(5, 16).replace('T', ' ')} ${channel} ${recipient.id}: ${content.subject ?? content.text.split('\n')[0]}`,
    }));
  });
  return news.sort((a, b) => a.at - b.at || (a.line < b.line ? -1 : 1)).map(({ line }) => line);
}

async function asked(method: string, url: string, given: unknown, status: number): Promise<void> {
  const answer = await http.call(method, url, given);
  expect(`${method} ${url}: ${answer.status} ${answer.status === status ? '' : answer.text}`).toBe(
    `${method} ${url}: ${status} `,
  );
}

async function play(one: Story['story'][number]): Promise<void> {
  if ('event' in one) {
    const { type, data } = one.event;
    const event = { specversion: '1.0', id: crypto.randomUUID(), source: '/stories', type, data };
    await asked('POST', '/v1/events', event, 202);
  } else if ('put' in one) await asked('PUT', one.put, one.body, one.status);
  else if ('post' in one) await asked('POST', one.post, one.body, one.status);
  else if ('delete' in one) await asked('DELETE', one.delete, undefined, one.status);
  else if ('unsubscribe' in one) {
    const mail = http.world.recorders.email.sent.findLast(({ recipient }) => recipient.id === one.unsubscribe);
    const { pathname } = new URL(mail?.unsubscribeUrl ?? 'http://nothing-was-sent/');
    const form = { authorization: '', 'content-type': 'application/x-www-form-urlencoded' };
    expect((await http.call('POST', pathname, 'List-Unsubscribe=One-Click', form)).status).toBe(200);
  } else if ('advance' in one) await asked('POST', '/v1/clock/advance', { by: one.advance }, 200);
  else if ('sent' in one) {
    await http.world.settle();
    expect(sent()).toEqual(one.sent);
  } else {
    const [policy, key] = one.said.split(' ');
    const { body: line } = await http.call('GET', `/v1/follow-ups/by-key/${policy}/${key}/timeline`);
    const lines = (line.items as { kind: string; reason: string; channel?: string }[])
      .filter(({ kind }) => kind.startsWith('message_'))
      .map(({ kind, reason, channel }) =>
        [kind.slice('message_'.length), ...(channel === undefined ? [] : [channel]), reason].join(' '),
      );
    expect(lines).toEqual(one.lines);
  }
}

describe.each(readdirSync(FOLDER).sort())('%s', (name) => {
  beforeEach(() => {
    told.clear();
  });
  it.each(fileOf(name).map((story) => [story.title, story] as const))('%s', async (_title, story) => {
    http = await createHttpWorld(undefined, { start: story.start });
    await http.world.database.transaction(ENGINE, (tx) => putTenantSettings(tx, 'default', story.settings));
    for (const person of story.people) await asked('PUT', `/v1/recipients/${person.id}`, person, 200);
    for (const category of story.categories) await asked('PUT', `/v1/categories/${category.id}`, category, 200);
    for (const { like, ...own } of story.policies) {
      const policy = { ...story.policies.find((one) => one.policy === like), ...own };
      await asked('PUT', `/v1/policies/${own.policy}`, policy, 200);
    }
    for (const one of story.story) await play(one);
  });
});

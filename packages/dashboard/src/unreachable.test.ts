// What is said of a server that does not answer: in words for whoever looks, and not those that a program is told.
import { createClient, SILENCE_MAX_MS } from '@relance/client';
import { afterEach, expect, it, vi } from 'vitest';
import { fetchInTime, fetchOrSay } from './unreachable.ts';

const nobody = fetchOrSay(() => Promise.reject(new TypeError('Failed to fetch')));
const client = createClient({ url: 'http://dashboard.test', fetch: nobody });
const ASKED = 'Try again when it is back.';
const SAVED = `As far as this page knows nothing was saved, and what you wrote is still here. ${ASKED}`;
const DONE = `As far as this page knows nothing was done. ${ASKED}`;

it('says what became of what one wrote or did, and names no command', async () => {
  for (const [asked, next] of [
    [client.overview(), ASKED],
    [client.policies.check('policy: task'), ASKED],
    [client.templates.preview('letter', {}), ASKED],
    [nobody('/session', { method: 'POST', body: '{"key":"k"}' }), ASKED],
    [client.policies.put('task', 'policy: task'), SAVED],
    [client.templates.put('preview', {}, { over: null }), DONE], // of nothing nothing is lost
    [client.templates.put('preview', { sms: { text: 'Pay' } }), SAVED],
    [client.groups.put('check', { members: ['ana'] }), SAVED],
    [client.followUps.command('f', 'snooze', { until: '2027-01-01T09:00:00Z' }), SAVED],
    [client.followUps.command('f', 'acknowledge'), DONE],
    [client.templates.delete('preview'), DONE],
    [nobody('/session', { method: 'DELETE' }), DONE],
  ] as const)
    await expect(asked).rejects.toMatchObject({ code: 'unreachable', message: 'The server does not answer.', next });
});

it('leaves what was ended on purpose as it is', async () => {
  const ended = fetchOrSay(() => Promise.reject(new DOMException('Enough.', 'AbortError')));
  await expect(ended('/')).rejects.toMatchObject({ name: 'AbortError' });
});

afterEach(() => void vi.useRealTimers());

/** A line that is dead: only what gives up hears of it. */
const dead: typeof fetch = (_input, init) =>
  new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)));

it('waits for an answer to a question as long as a line may be silent, and for as long as it takes where something is changed', async () => {
  vi.useFakeTimers();
  const slow = createClient({ url: 'http://dashboard.test', fetch: fetchOrSay(fetchInTime(dead)) });
  const said: string[] = [];
  const hear = (name: string, asked: Promise<unknown>) => asked.catch(({ code }) => said.push(`${name} ${code}`));
  void hear('read', slow.overview());
  void hear('check', slow.policies.check('policy: task'));
  void hear('put', slow.policies.put('task', 'policy: task'));
  await vi.advanceTimersByTimeAsync(SILENCE_MAX_MS - 1);
  expect(said).toEqual([]);
  await vi.advanceTimersByTimeAsync(10 * SILENCE_MAX_MS);
  expect(said).toEqual(['read unreachable', 'check unreachable']);
  const ending = new AbortController();
  const ended = expect(fetchInTime(dead)('/', { signal: ending.signal })).rejects.toMatchObject({ name: 'AbortError' });
  ending.abort();
  await ended;
  expect(vi.getTimerCount()).toBe(0);
});

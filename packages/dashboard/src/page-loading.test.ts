// A page that cannot be loaded: what is said depends on whether the server is there.
import { expect, it, vi } from 'vitest';
import { PageNotLoaded, pageOf, serverAnswers } from './page-loading.ts';

it('says of a page that cannot be loaded whether the server answers', async () => {
  const missing = new TypeError('Failed to fetch dynamically imported module: /assets/insight.js');
  const failing = () => Promise.reject(missing);
  const there = async () => true;
  const away = async () => false;
  await expect(pageOf(failing, there)()).rejects.toBe(missing);
  await expect(pageOf(failing, away)()).rejects.toBeInstanceOf(PageNotLoaded);
  await expect(pageOf(async () => 'a page', away)()).resolves.toBe('a page');
});

it('asks what answers: a proxy without its server is no server', async () => {
  const answering = (status: number) => serverAnswers(async () => new Response(null, { status }));
  expect(await answering(200)).toBe(true);
  expect(await answering(502)).toBe(false);
  expect(await serverAnswers(() => Promise.reject(new TypeError('Failed to fetch')))).toBe(false);
});

it('waits for a page that comes slowly, and for none that comes from nobody', async () => {
  vi.useFakeTimers();
  try {
    let there = true;
    const answers = async () => there;
    const page = Promise.withResolvers<string>();
    const slow = pageOf(() => page.promise, answers)();
    await vi.advanceTimersByTimeAsync(90_000);
    page.resolve('a page');
    await expect(slow).resolves.toBe('a page');
    const never = expect(pageOf(() => new Promise(() => {}), answers)()).rejects.toBeInstanceOf(PageNotLoaded);
    await vi.advanceTimersByTimeAsync(90_000);
    there = false;
    await vi.advanceTimersByTimeAsync(30_000);
    await never;
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

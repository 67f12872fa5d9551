// What is asked for again and again is done once soon, and then no oftener than told.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Gathered } from './gathered.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** What takes `lastsMs`, and when it began each time. */
function told(lastsMs: number) {
  const began: number[] = [];
  const since = performance.now();
  const gathered = new Gathered(2_000, async () => {
    began.push(performance.now() - since);
    await new Promise((done) => setTimeout(done, lastsMs));
  });
  return { began, gathered };
}

it('is done once for many, and after a while of its own for more', async () => {
  const { began, gathered } = told(0);
  for (let n = 0; n < 5; n++) gathered.soon();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(began).toEqual([300]);
  gathered.soon();
  await vi.advanceTimersByTimeAsync(400);
  for (let n = 0; n < 5; n++) gathered.soon();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(began).toEqual([300, 10_300, 12_300]);
});

it('is never done twice at a time, and once more where somebody asked meanwhile', async () => {
  const { began, gathered } = told(5_000);
  gathered.soon();
  await vi.advanceTimersByTimeAsync(1_000);
  gathered.soon();
  gathered.soon();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(began).toEqual([300, 5_600]);
});

it('is done no more after its end', async () => {
  const { began, gathered } = told(1_000);
  gathered.soon();
  await vi.advanceTimersByTimeAsync(500);
  gathered.soon();
  gathered.end();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(began).toEqual([300]);
});

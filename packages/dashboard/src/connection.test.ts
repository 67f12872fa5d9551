// What is said of a stream that is away: nothing of a moment, and nothing any more once it is back.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { isAway, SAID_AFTER_MS, streamSettled, streamSought, subscribeToConnection } from './connection.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  streamSettled();
  vi.useRealTimers();
});

it('says that it is away after some seconds, however often it is tried meanwhile, and no longer once it is back', () => {
  const said: boolean[] = [];
  const forget = subscribeToConnection(() => said.push(isAway()));
  streamSought();
  streamSettled();
  vi.advanceTimersByTime(2 * SAID_AFTER_MS);
  expect(isAway()).toBe(false);
  for (let tries = 0; tries < 4; tries++) {
    streamSought();
    vi.advanceTimersByTime(SAID_AFTER_MS / 4);
  }
  expect(isAway()).toBe(true);
  streamSought();
  streamSettled();
  vi.advanceTimersByTime(2 * SAID_AFTER_MS);
  expect(said).toEqual([true, false]);
  forget();
});

// The stream that a page holds open: what ends it, and what it takes to see that it is dead where no browser says so.
import { SILENCE_MAX_MS } from '@relance/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { isAway, SAID_AFTER_MS, streamSettled } from './connection.ts';
import { holdStream } from './stream.ts';

/** As a browser's, which says what the test wants. */
class Source extends EventTarget {
  static readonly CLOSED = 2;
  static readonly all: Source[] = [];
  readyState = 0;
  constructor() {
    super();
    Source.all.push(this);
  }
  close(): void {
    this.readyState = Source.CLOSED;
  }
  says(followUps: readonly string[] | null): void {
    this.dispatchEvent(new MessageEvent('changed', { data: JSON.stringify({ followUps }) }));
  }
  opens(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }
  fails(readyState: number): void {
    this.readyState = readyState;
    this.dispatchEvent(new Event('error'));
  }
}

let page: EventTarget & { hidden: boolean };
let network: EventTarget;
let told: unknown[];
let leave: () => void;
const last = (): Source => Source.all.at(-1) as Source;
const open = (): number => Source.all.filter(({ readyState }) => readyState !== Source.CLOSED).length;

beforeEach(() => {
  vi.useFakeTimers();
  page = Object.assign(new EventTarget(), { hidden: false });
  network = new EventTarget();
  vi.stubGlobal('document', page);
  vi.stubGlobal('window', network);
  vi.stubGlobal('EventSource', Source);
  Source.all.length = 0;
  told = [];
  leave = holdStream({ opened: () => told.push('opened'), changed: (followUps) => told.push(followUps) });
});
afterEach(() => {
  leave();
  streamSettled();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('tells what happens, and of nothing that happened nothing', () => {
  last().opens();
  last().says(['a']);
  last().says([]);
  last().says(null);
  expect(told).toEqual(['opened', ['a'], null]);
});

it('begins anew where nothing was said for too long, and says that it is away where that comes to nothing', () => {
  last().opens();
  for (let said = 0; said < 4; said++) {
    vi.advanceTimersByTime(SILENCE_MAX_MS - 1);
    last().says([]);
  }
  expect([Source.all.length, isAway()]).toEqual([1, false]);
  vi.advanceTimersByTime(SILENCE_MAX_MS + SAID_AFTER_MS);
  expect([Source.all.length, open(), isAway()]).toEqual([2, 1, true]);
  vi.advanceTimersByTime(SILENCE_MAX_MS);
  expect([Source.all.length, open()]).toEqual([3, 1]);
  last().opens();
  expect(isAway()).toBe(false);
});

it('leaves a browser to connect again by itself, and does so where none would', () => {
  last().opens();
  last().fails(0);
  vi.advanceTimersByTime(SILENCE_MAX_MS - 1);
  expect(Source.all).toHaveLength(1);
  last().fails(Source.CLOSED);
  vi.advanceTimersByTime(60_000);
  expect(Source.all.length).toBeGreaterThan(1);
});

it('tries at once where the network goes or comes', () => {
  last().opens();
  network.dispatchEvent(new Event('offline'));
  expect([Source.all.length, open()]).toEqual([2, 1]);
  vi.advanceTimersByTime(SAID_AFTER_MS);
  expect(isAway()).toBe(true);
  network.dispatchEvent(new Event('online'));
  last().opens();
  expect([Source.all.length, open(), isAway()]).toEqual([3, 1, false]);
});

it('is still away to whoever comes back to the window, until it is there', () => {
  vi.advanceTimersByTime(SAID_AFTER_MS);
  for (const hidden of [true, false]) {
    page.hidden = hidden;
    page.dispatchEvent(new Event('visibilitychange'));
    expect([open(), isAway()]).toEqual([hidden ? 0 : 1, true]);
  }
  last().opens();
  expect(isAway()).toBe(false);
});

it('is no longer sought while nobody looks, and leaves nothing behind', () => {
  last().opens();
  page.hidden = true;
  page.dispatchEvent(new Event('visibilitychange'));
  vi.advanceTimersByTime(10 * SILENCE_MAX_MS);
  expect([Source.all.length, open(), isAway()]).toEqual([1, 0, false]);
  page.hidden = false;
  page.dispatchEvent(new Event('visibilitychange'));
  leave();
  expect([open(), vi.getTimerCount(), isAway()]).toEqual([0, 0, false]);
});

// Local times of fields: there and back by the clocks here, also where they were once seconds away from UTC.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LOCAL_MAX, localToRfc3339, rfc3339ToLocal } from './local-time.ts';

describe('a local time in Paris', () => {
  beforeEach(() => vi.stubEnv('TZ', 'Europe/Paris'));
  afterEach(() => void vi.unstubAllEnvs());

  it('is read and shown by the clocks of that day', () => {
    for (const [local, at] of [
      ['2026-11-21T00:00', '2026-11-20T23:00:00.000Z'],
      ['2026-07-01T09:30', '2026-07-01T07:30:00.000Z'],
      ['1900-01-01T00:00', '1899-12-31T23:50:39.000Z'],
      [LOCAL_MAX, '9999-12-31T22:59:00.000Z'],
    ] as const) {
      expect(localToRfc3339(local)).toBe(at);
      expect(rfc3339ToLocal(at)).toBe(local);
    }
  });

  it('is none while it is typed', () => {
    for (const typed of ['', 'soon', '0002-01-01T00:00', '0202-01-01T00:00']) expect(localToRfc3339(typed)).toBeNull();
  });
});

// The pool over a server that has become read-only, as the old primary is after a fail-over; statements that fail while
// others travel with them; instants at the ends of time.
import type { Instant } from '@relance/core';
import { expect, it } from 'vitest';
import { createTestDatabase } from '../../../../test/database.ts';
import { at, ENGINE, isDatabaseDown, openDatabase } from './database.ts';

it('drops a connection whose server is read-only by now', async () => {
  const { url, drop } = await createTestDatabase();
  const database = openDatabase({ url, connectionsMax: 1 });
  try {
    const pid = () => database.transaction(ENGINE, (tx) => tx.query('SELECT pg_backend_pid() AS pid'));
    const first = await pid();
    const failure = await database
      .transaction(ENGINE, async (tx) => {
        await tx.query('SET TRANSACTION READ ONLY');
        await tx.query(`UPDATE relance.clock SET scale = 1`);
      })
      .catch((error: unknown) => error);
    expect(isDatabaseDown(failure)).toBe(true);
    expect(await pid()).not.toEqual(first);
  } finally {
    await database.close();
    await drop();
  }
});

it('tells what failed, not what fell with it, however the statements were asked for', async () => {
  const { url, drop } = await createTestDatabase();
  const database = openDatabase({ url });
  try {
    const failure = await database
      .transaction(ENGINE, (tx) =>
        Promise.all([
          Promise.all([Promise.all([tx.query('SELECT 1 / 0')])]),
          tx.query('SELECT 1'),
          tx.query('SELECT 2'),
        ]),
      )
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: '22012' });
  } finally {
    await database.close();
    await drop();
  }
});

it('stores what is counted on from the last day of 9999, and back from the first', async () => {
  const { url, drop } = await createTestDatabase();
  const database = openDatabase({ url });
  try {
    const [row] = await database.transaction(ENGINE, (tx) =>
      tx.query('SELECT $1::timestamptz AS late, $2::timestamptz AS early', [
        at((Date.UTC(9999, 11, 31) + 90 * 86_400_000) as Instant),
        at(-62_200_000_000_000 as Instant),
      ]),
    );
    expect(row).toEqual({ late: Date.UTC(9999, 11, 31, 23, 59, 59, 999), early: -62_135_596_800_000 });
  } finally {
    await database.close();
    await drop();
  }
});

it('runs nothing outside a transaction that could not begin as it should', async () => {
  const { url, drop } = await createTestDatabase();
  const owner = openDatabase({ url });
  const stranger = new URL(url);
  const name = `stranger_${stranger.pathname.slice(-12)}`;
  stranger.username = name;
  stranger.password = 'x';
  const database = openDatabase({ url: stranger.href });
  const asOwner = (text: string) =>
    owner.transaction(ENGINE, async (tx) => {
      await tx.query('SET LOCAL ROLE NONE');
      return tx.query(text);
    });
  try {
    await asOwner(`CREATE ROLE ${name} LOGIN PASSWORD 'x'`);
    await asOwner('CREATE TABLE public.seen (n integer)');
    await asOwner(`GRANT ALL ON public.seen TO ${name}`);
    const failure = await database
      .transaction(ENGINE, (tx) =>
        Promise.all([tx.query('INSERT INTO public.seen VALUES (1)'), tx.query('INSERT INTO public.seen VALUES (2)')]),
      )
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: '42501', message: expect.stringContaining('relance_engine') });
    expect(await asOwner('SELECT * FROM public.seen')).toEqual([]);
  } finally {
    await database.close();
    await asOwner('DROP TABLE public.seen');
    await asOwner(`DROP ROLE ${name}`);
    await owner.close();
    await drop();
  }
});

it('keeps nothing, and says so, where a failure was passed over', async () => {
  const { url, drop } = await createTestDatabase();
  const database = openDatabase({ url });
  try {
    const passedOver = database.transaction(ENGINE, async (tx) => {
      await tx.query('SELECT 1 / 0').catch(() => {});
      return 'done';
    });
    await expect(passedOver).rejects.toThrow('nothing of its transaction was kept');
  } finally {
    await database.close();
    await drop();
  }
});

// The one door to PostgreSQL: a pool and transactions that carry their scope. Statements live in sql/<noun>.ts.
// `engine` mixes tenants (role relance_engine); `tenant` sees one (role relance_api with row-level security).
// Everything is SET LOCAL inside a transaction, nothing is prepared by name and no session lock is taken, so that a
// pooler in transaction mode may stand between. Times travel as Instants (epoch milliseconds), both ways.
import type { Instant } from '@relance/core';
import pg from 'pg';
import type { KeyedHash } from './keyed-hash.ts';

export type Scope = { readonly kind: 'engine' } | { readonly kind: 'tenant'; readonly tenant: string };
export const ENGINE: Scope = { kind: 'engine' };

export interface Tx {
  /**
   * Runs one statement. Instants in `values` must be passed through `at()`; rows come back with Instants as numbers.
   * Statements that are asked for without waiting run in the order they were asked for, in one round trip on our own
   * connections; when one fails, those behind it fail too, and Promise.all tells the first failure.
   */
  query<R = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<R[]>;
  /** Knows what is kept as a keyed hash only; absent in tools that look for no such thing. */
  readonly hash?: KeyedHash;
}

export interface Database {
  readonly hash?: KeyedHash;
  transaction<T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** 0001-01-01T00:00:00Z */
const EARLIEST = -62_135_596_800_000;
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
/**
 * An Instant as PostgreSQL reads it. A due date may be the last day of 9999; what is counted on from it, or back from the
 * first, is held within the years that RFC 3339 can write.
 */
export function at(instant: Instant | null): string | null {
  if (instant === null) return null;
  if (instant !== lastWritten.instant)
    lastWritten = { instant, text: new Date(Math.max(EARLIEST, Math.min(instant, LATEST))).toISOString() };
  return lastWritten.text;
}
/** The same instant is written in row after row. */
let lastWritten = { instant: 0, text: new Date(0).toISOString() };

export const isTenantId = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/.test(text);

const TIMESTAMPTZ = 1184;
const INT8 = 20;
const NUMERIC = 1700;
const parsers: Record<number, (text: string) => unknown> = {
  [TIMESTAMPTZ]: readInstant,
  [INT8]: Number,
  [NUMERIC]: Number,
};
/** Servers mostly speak UTC, `2026-11-02 09:00:00.123+00`, and rows have many times: those are read without a pattern. */
function readInstant(text: string): number {
  if (text === lastRead.text) return lastRead.instant;
  const utc = text.endsWith('+00') && text[10] === ' ';
  const rfc3339 = utc
    ? `${text.slice(0, 10)}T${text.slice(11, -3)}Z`
    : text.replace(' ', 'T').replace(/([+-]\d{2})$/, '$1:00');
  lastRead = { text, instant: Date.parse(rfc3339) };
  return lastRead.instant;
}
let lastRead = { text: '', instant: Number.NaN };
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format !== 'binary' && parsers[oid]) || pg.types.getTypeParser(oid, format as 'text'),
};

/** A frozen node's rows are freed after this long (lease time). */
const IDLE_IN_TRANSACTION_MS = 15_000;
/** Nobody waits longer for a row that somebody else holds: a caller's own open transaction may take as long as it likes. */
const LOCK_TIMEOUT_MS = 5_000;
/** Where others wait as well. */
const BRIEF_LOCK_TIMEOUT_MS = 200;
const CONNECT_TIMEOUT_MS = 5_000;
/** A connection that answers nothing for so long is given up (a half-open TCP connection would hold a loop for ever). */
const QUERY_TIMEOUT_MS = 30_000;
/** Serialization failures and deadlocks roll back whole, so trying again is safe. */
const RETRIES_MAX = 5;
const RETRYABLE = new Set(['40001', '40P01']);

function opening(scope: Scope): string {
  const role = scope.kind === 'engine' ? 'relance_engine' : 'relance_api';
  const settings = `SET LOCAL ROLE ${role}; SET LOCAL idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`;
  if (scope.kind === 'engine') return `BEGIN; ${settings}`;
  if (!isTenantId(scope.tenant)) throw new Error(`"${scope.tenant}" is not a tenant id`);
  return `BEGIN; ${settings}; SET LOCAL relance.tenant = '${scope.tenant}'`;
}

const run = async <R>(client: pg.ClientBase, text: string, values?: readonly unknown[]): Promise<R[]> =>
  (await client.query({ text, values: values as unknown[], types })).rows as R[];

/**
 * Statements that travel together fail together: those behind the one that failed say only that the transaction is over
 * (25P02). Whoever waits is told what it was.
 */
function tellingFirst(ask: Tx['query']): Tx['query'] {
  let first: unknown;
  return async <R>(text: string, values?: readonly unknown[]): Promise<R[]> => {
    try {
      return await ask<R>(text, values);
    } catch (error) {
      if (first !== undefined && (error as { code?: string }).code === '25P02') throw first;
      first ??= error;
      throw error;
    }
  };
}

/** On a caller's own client (createRelance().open): it has its own ideas of types, and may not be pipelined. */
export function txOn(client: pg.ClientBase, hash?: KeyedHash): Tx {
  let before: Promise<unknown> = Promise.resolve();
  return {
    ...(hash === undefined ? {} : { hash }),
    query: tellingFirst(<R>(text: string, values?: readonly unknown[]): Promise<R[]> => {
      const result = before.then(() => run<R>(client, text, values));
      // A failure is told to whoever asked; the statements behind it fail by themselves, as the transaction is over.
      before = result.catch(() => {});
      return result;
    }),
  };
}

export interface DatabaseOptions {
  readonly url: string;
  readonly connectionsMax?: number;
  /** How long somebody waits for a connection before they are told that the database is away. */
  readonly connectTimeoutMs?: number;
  readonly applicationName?: string;
  /** Longer for what takes long on purpose. */
  readonly queryTimeoutMs?: number;
  readonly hash?: KeyedHash;
}

export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connectionsMax ?? 10,
    connectionTimeoutMillis: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    application_name: options.applicationName ?? 'relance',
    pipeline: true,
    query_timeout: options.queryTimeoutMs ?? QUERY_TIMEOUT_MS,
    keepAlive: true,
    types,
  });
  // An idle connection that the server closed (restart) is replaced at its next use; the error is expected.
  pool.on('error', () => {});
  // One that is lost in the middle of a transaction tells so by failing its statement; without a listener the event
  // itself would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  const hash = options.hash === undefined ? {} : { hash: options.hash };
  return {
    ...hash,
    transaction: (scope, work) => transactionOn(pool, scope, (query) => work({ query, ...hash })),
    close: () => pool.end(),
  };
}

async function transactionOn<T>(pool: pg.Pool, scope: Scope, work: (query: Tx['query']) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      const ask = tellingFirst((text, values) => run(client, text, values));
      // It travels with the first statement. Should it fail, the transaction is over and nothing behind it runs.
      const begun = ask(opening(scope));
      begun.catch(() => {});
      const result = await work(ask);
      await begun;
      const { command } = await client.query('COMMIT');
      if (command !== 'COMMIT')
        throw new Error('A failed statement was passed over, so nothing of its transaction was kept.');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((failure: Error) => {
        broken = failure;
      });
      // After a fail-over the old primary still answers, read-only: its connections must not be used for ever.
      if (isDatabaseDown(error)) broken ??= error as Error;
      if (broken === undefined && attempt < RETRIES_MAX && RETRYABLE.has((error as { code?: string }).code ?? ''))
        continue;
      throw error;
    } finally {
      client.release(broken);
    }
  }
}

/**
 * PostgreSQL's classes: 08 connection, 53 resources (disk full, too many connections), 57P0 shutdown and start-up, 58 system;
 * 25006 read-only, as during a fail-over; 25P03 an idle transaction ended. The rest are the network's.
 */
const AWAY = /^(08|25006|25P03|53|57P0|58|ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|EAI_|EHOST|ENET)/;

/** True for errors that mean "the database is not there right now", as opposed to "the statement is wrong". */
export function isDatabaseDown(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  if (code !== undefined && AWAY.test(code)) return true;
  return /Connection terminated|timeout exceeded when trying to connect|Query read timeout|server closed the connection|Client has encountered a connection error/i.test(
    message ?? '',
  );
}

/** True when a row was held by somebody else for too long: nothing is wrong, and the same may work in a moment. */
export const isHeld = (error: unknown): boolean => (error as { code?: string }).code === '55P03';

/** For the rest of this transaction, what is held is given up almost at once. */
export const waitBriefly = (tx: Tx): Promise<unknown> => tx.query(`SET LOCAL lock_timeout = ${BRIEF_LOCK_TIMEOUT_MS}`);

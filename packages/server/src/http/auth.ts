// Who is asking: an API key fixes the tenant. The bootstrap key is compared in constant time, others are found by hash;
// answers are remembered for two seconds, so that a revocation takes effect within five. Whoever signs in to the pages gives
// a key for a session (session-cookie.ts): it is as good as the key, for twelve hours, until signed out or the key is taken back.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { MINUTE_MS } from '@relance/core';
import type { FastifyRequest } from 'fastify';
import type { Database } from '../store/database.ts';
import { ENGINE } from '../store/database.ts';
import { insertAudit } from '../store/sql/audit.ts';
import { findKey } from '../store/sql/key.ts';
import { deleteSession, findSession, insertSession } from '../store/sql/session.ts';
import { Problem } from './problem.ts';
import { checkOrigin, refuseStrangers, SESSION_LIFE_S, sessionTokensOf } from './session-cookie.ts';

export interface Caller {
  readonly tenant: string;
  readonly keyId: string;
  readonly admin: boolean;
}

export interface AuthOptions {
  /** The bootstrap admin key of tenant `default`; null only in open mode. */
  readonly bootstrapKey: string | null;
  /** The demo: nobody needs a key. */
  readonly open: boolean;
  /** The address people use, from which pages may send what they are signed in for. */
  readonly publicUrl: string;
}

/** A JWT (RFC 7519), which no key of ours looks like. */
const RECIPIENT_TOKEN = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/;
const REMEMBER_MS = 2_000;
const REMEMBERED_MAX = 10_000;
const BOOTSTRAP: Caller = { tenant: 'default', keyId: 'bootstrap', admin: true };
const SESSION_BYTES = 32;
/** More than somebody mistypes. */
const WRONG_A_MINUTE = 30;
export const hashKey = (key: string): Buffer => createHash('sha256').update(key).digest();

export class Auth {
  readonly #options: AuthOptions;
  readonly #database: Database;
  readonly #bootstrapHash: Buffer | null;
  readonly #sessions = new Map<string, { keyHash: Buffer | null; until: number }>();
  readonly #wrong = new Map<string, { tries: number; until: number }>();
  readonly #known = new Map<string, { caller: Caller | null; until: number }>();

  constructor(options: AuthOptions, database: Database) {
    this.#options = options;
    this.#database = database;
    this.#bootstrapHash = options.bootstrapKey === null ? null : hashKey(options.bootstrapKey);
  }

  /** Nobody needs a key here. */
  get open(): boolean {
    return this.#options.open;
  }

  /** Throws 401 without a valid key or session. */
  async caller(request: FastifyRequest): Promise<Caller> {
    const { authorization } = request.headers;
    const key = authorization === undefined ? null : (/^Bearer +(\S{1,512})$/i.exec(authorization)?.[1] ?? null);
    if (key === null) {
      // What a proxy in front asks for (Basic) is none of ours.
      const isOurs = authorization !== undefined && /^Bearer\b/i.test(authorization);
      const signedIn = isOurs ? null : await this.signedIn(request);
      if (signedIn !== null) return signedIn;
      if (this.#options.open && authorization === undefined) return this.#anybody(request);
      throw new Problem('unauthorized', 'The request carries no API key.');
    }
    const caller = await this.byKey(key);
    if (caller !== null) return caller;
    // The demo needs no key, so one that belongs to another server does no harm there.
    if (this.#options.open) return this.#anybody(request);
    throw new Problem(
      'unauthorized',
      RECIPIENT_TOKEN.test(key)
        ? 'A recipient token opens the inbox at /v1/inbox and nothing else; here an API key is needed.'
        : 'The API key is not valid.',
    );
  }

  /** Nobody needs a key, and nobody else's page speaks for them. */
  #anybody(request: FastifyRequest): Caller {
    refuseStrangers(request, this.#options.publicUrl);
    return BOOTSTRAP;
  }

  /** Whose session the cookie is, the first that holds; null without one, or when it has ended. Throws when another site sent it. */
  async signedIn(request: FastifyRequest): Promise<Caller | null> {
    for (const token of sessionTokensOf(request, this.#options.publicUrl)) {
      const caller = await this.#bySession(hashKey(token));
      if (caller === null) continue;
      checkOrigin(request, this.#options.publicUrl);
      return caller;
    }
    return null;
  }

  /**
   * A session for a key: its token, which only the browser keeps. Null when the key is not valid. Throws 429 for wrong keys of one
   * address after so many a minute; right ones are taken all the same, as a whole office may come by one address.
   */
  async signIn(key: string, address: string): Promise<string | null> {
    const caller = await this.byKey(key);
    if (caller === null) {
      this.#countWrong(address);
      return null;
    }
    const token = randomBytes(SESSION_BYTES).toString('base64url');
    await this.#database.transaction(ENGINE, async (tx) => {
      await insertSession(tx, hashKey(token), hashKey(key), SESSION_LIFE_S);
      await insertAudit(tx, { tenant: caller.tenant, by: caller.keyId, action: 'session.opened' });
    });
    return token;
  }

  async signOut(token: string): Promise<void> {
    const hash = hashKey(token);
    const caller = await this.#bySession(hash);
    await this.#database.transaction(ENGINE, async (tx) => {
      await deleteSession(tx, hash);
      if (caller !== null) await insertAudit(tx, { tenant: caller.tenant, by: caller.keyId, action: 'session.ended' });
    });
    this.#sessions.delete(hash.toString('base64'));
  }

  #countWrong(address: string): void {
    const now = performance.now();
    const known = this.#wrong.get(address);
    if (known === undefined || known.until < now) {
      if (this.#wrong.size >= REMEMBERED_MAX) this.#wrong.clear();
      this.#wrong.set(address, { tries: 1, until: now + MINUTE_MS });
    } else if (++known.tries > WRONG_A_MINUTE)
      throw new Problem('rate_limited', `More than ${WRONG_A_MINUTE} wrong keys a minute came from this address.`);
  }

  async #bySession(hash: Buffer): Promise<Caller | null> {
    const id = hash.toString('base64');
    const now = performance.now();
    const known = this.#sessions.get(id);
    if (known !== undefined && known.until > now) return known.keyHash === null ? null : this.#byHash(known.keyHash);
    const keyHash = await this.#database.transaction(ENGINE, (tx) => findSession(tx, hash));
    if (this.#sessions.size >= REMEMBERED_MAX) this.#sessions.clear();
    this.#sessions.set(id, { keyHash, until: now + REMEMBER_MS });
    return keyHash === null ? null : this.#byHash(keyHash);
  }

  byKey(key: string): Promise<Caller | null> {
    return this.#byHash(hashKey(key));
  }

  async #byHash(hash: Buffer): Promise<Caller | null> {
    if (this.#bootstrapHash !== null && timingSafeEqual(hash, this.#bootstrapHash)) return BOOTSTRAP;
    const id = hash.toString('base64');
    const known = this.#known.get(id);
    const now = performance.now();
    if (known !== undefined && known.until > now) return known.caller;
    const row = await this.#database.transaction(ENGINE, (tx) => findKey(tx, hash));
    const caller = row === null ? null : { tenant: row.tenant, keyId: row.id, admin: row.scopes.includes('admin') };
    if (this.#known.size >= REMEMBERED_MAX) this.#known.clear();
    this.#known.set(id, { caller, until: now + REMEMBER_MS });
    return caller;
  }
}

// Who is asking: an API key fixes the tenant. The bootstrap key is compared in constant time, others are found by hash;
// answers are remembered for two seconds, so that a revocation takes effect within five.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Database } from '../store/database.ts';
import { ENGINE } from '../store/database.ts';
import { findKey, isLiveKey } from '../store/sql/key.ts';
import { Problem } from './problem.ts';

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
}

/** A JWT (RFC 7519), which no key of ours looks like. */
const RECIPIENT_TOKEN = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/;
const REMEMBER_MS = 2_000;
const REMEMBERED_MAX = 10_000;
const BOOTSTRAP: Caller = { tenant: 'default', keyId: 'bootstrap', admin: true };
export const hashKey = (key: string): Buffer => createHash('sha256').update(key).digest();

export class Auth {
  readonly #options: AuthOptions;
  readonly #database: Database;
  readonly #bootstrapHash: Buffer | null;
  readonly #valid = new Map<string, { valid: boolean; until: number }>();
  readonly #known = new Map<string, { caller: Caller | null; until: number }>();

  constructor(options: AuthOptions, database: Database) {
    this.#options = options;
    this.#database = database;
    this.#bootstrapHash = options.bootstrapKey === null ? null : hashKey(options.bootstrapKey);
  }

  /** Throws 401 without a valid key. */
  async caller(request: FastifyRequest): Promise<Caller> {
    const { authorization } = request.headers;
    const key = authorization === undefined ? null : (/^Bearer +(\S{1,512})$/i.exec(authorization)?.[1] ?? null);
    if (key === null) {
      if (this.#options.open && authorization === undefined) return BOOTSTRAP;
      throw new Problem('unauthorized', 'The request carries no API key.');
    }
    const caller = await this.byKey(key);
    if (caller !== null) return caller;
    // The demo needs no key, so one that belongs to another server does no harm there.
    if (this.#options.open) return BOOTSTRAP;
    throw new Problem(
      'unauthorized',
      RECIPIENT_TOKEN.test(key)
        ? 'A recipient token opens the inbox at /v1/inbox and nothing else; here an API key is needed.'
        : 'The API key is not valid.',
    );
  }

  /** Whether this key of the tenant has not been taken back; remembered as long as byKey's answers. */
  async isValid(tenant: string, keyId: string): Promise<boolean> {
    if (keyId === BOOTSTRAP.keyId) return this.#bootstrapHash !== null && tenant === BOOTSTRAP.tenant;
    const now = performance.now();
    const known = this.#valid.get(keyId);
    if (known !== undefined && known.until > now) return known.valid;
    const valid = await this.#database.transaction(ENGINE, (tx) => isLiveKey(tx, tenant, keyId));
    if (this.#valid.size >= REMEMBERED_MAX) this.#valid.clear();
    this.#valid.set(keyId, { valid, until: now + REMEMBER_MS });
    return valid;
  }

  async byKey(key: string): Promise<Caller | null> {
    const hash = hashKey(key);
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

// The raw rows of which figures are counted, as whoever stands by sees them: read with plain SQL after each act, and remembered when
// retention takes them away. What no row says later is noted when it is first seen: the zone of the tenant and the version of the policy
// when a generation opens, and the clock of whoever a message is handed over to. Nothing here is shared with what counts figures.
import type { Channel } from '@relance/core';
import { type Database, ENGINE } from '../store/database.ts';

export interface FollowUpRow {
  readonly id: string;
  readonly policy: string;
  readonly version: number;
  readonly generation: number;
  readonly team: string | null;
  readonly waits: string | null;
  readonly live: boolean;
}
export interface LineRow {
  readonly followUp: string;
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly reason: string;
  readonly stage: string | null;
  readonly actor: string | null;
  readonly evidence: string | null;
  readonly level: number | null;
  /** Of a promise: its date. */
  readonly by: number | null;
}
export interface Engagement {
  readonly kind: string;
  readonly evidence: string;
}
export interface MessageRow {
  readonly id: string;
  readonly followUp: string;
  readonly stage: string;
  readonly run: number;
  readonly notify: number;
  readonly entry: number;
  readonly recipient: string;
  readonly channel: Channel;
  readonly status: string;
  readonly engagement: readonly Engagement[];
  readonly carrier: string | null;
  /** 1: a picture that tells of opens, 2: links that tell of clicks. */
  readonly watched: number | null;
  readonly plannedAt: number;
  readonly sentAt: number | null;
  readonly provider: string | null;
  readonly template: string | null;
  readonly templateVersion: number | null;
  readonly locale: string | null;
}

/** What was so when a generation was first seen. */
export interface Opening {
  readonly zone: string;
  readonly version: number;
}

export interface Seen {
  readonly followUps: ReadonlyMap<string, FollowUpRow>;
  readonly lines: ReadonlyMap<string, LineRow>;
  readonly messages: ReadonlyMap<string, MessageRow>;
  /** Those that retention has not taken. */
  readonly there: ReadonlySet<string>;
  /** What those went in that retention has taken, as it was by then: what comes later is no news of them. */
  readonly carriers: ReadonlyMap<string, MessageRow>;
  /** By `id/generation`. */
  readonly openings: ReadonlyMap<string, Opening>;
  /** The zone of its reader when a message was handed over. */
  readonly clocks: ReadonlyMap<string, string>;
  /** As they were written, by `policy/version`. */
  readonly policies: ReadonlyMap<string, unknown>;
  /** How often it has been looked: the same as long as this is. */
  readonly looks: number;
}

const FOLLOW_UPS =
  'SELECT id, policy, version, generation, team, waits_for AS waits, closed_at IS NULL AS live FROM relance.follow_ups WHERE tenant = $1 ORDER BY id';
const LINES = `SELECT follow_up_id AS "followUp", seq, at, kind, reason, stage, actor, evidence, (data ->> 'level')::integer AS level,
    CASE WHEN kind = 'committed' THEN (data ->> 'by')::double precision END AS by
  FROM relance.timeline WHERE tenant = $1 AND kind NOT LIKE 'message\\_%'`;
const MESSAGES = `SELECT id, follow_up_id AS "followUp", stage, run, notify, entry, recipient, channel, status, engagement, carrier, watched,
    planned_at AS "plannedAt", sent_at AS "sentAt", provider, template, template_version AS "templateVersion", locale
  FROM relance.messages WHERE tenant = $1 ORDER BY id`;
const POLICIES = 'SELECT id, version, written FROM relance.policy_versions WHERE tenant = $1';

/** What becomes of a row that retention has taken is known no more, and was final: it stays as it was seen last. */
export class Witness implements Seen {
  readonly followUps = new Map<string, FollowUpRow>();
  readonly lines = new Map<string, LineRow>();
  readonly messages = new Map<string, MessageRow>();
  readonly carriers = new Map<string, MessageRow>();
  readonly openings = new Map<string, Opening>();
  readonly clocks = new Map<string, string>();
  readonly policies = new Map<string, unknown>();
  there: ReadonlySet<string> = new Set();
  looks = 0;
  readonly #database: Database;
  readonly #tenant: string;

  constructor(database: Database, tenant = 'default') {
    this.#database = database;
    this.#tenant = tenant;
  }

  /** After each act, before the zone of the tenant, of anybody, or a policy changes again. */
  async look(): Promise<void> {
    const tenant = [this.#tenant];
    this.looks += 1;
    await this.#database.transaction(ENGINE, async (tx) => {
      for (const row of await tx.query<FollowUpRow>(FOLLOW_UPS, tenant)) this.followUps.set(row.id, row);
      for (const row of await tx.query<LineRow>(LINES, tenant)) this.lines.set(`${row.followUp}/${row.seq}`, row);
      const messages = await tx.query<MessageRow>(MESSAGES, tenant);
      this.there = new Set(messages.map(({ id }) => id));
      this.#keepCarriers();
      for (const row of messages) this.messages.set(row.id, row);
      for (const { id, version, written } of await tx.query<{ id: string; version: number; written: unknown }>(
        POLICIES,
        tenant,
      ))
        this.policies.set(`${id}/${version}`, written);
      const [settings] = await tx.query<{ zone: string | null }>(
        `SELECT settings ->> 'zone' AS zone FROM relance.tenants WHERE id = $1`,
        tenant,
      );
      const zone = settings?.zone ?? 'UTC';
      const people = await tx.query<{ id: string; zone: string | null }>(
        'SELECT id, time_zone AS zone FROM relance.recipients WHERE tenant = $1',
        tenant,
      );
      this.#note(zone, new Map(people.map((one) => [one.id, one.zone ?? zone])));
    });
  }

  #keepCarriers(): void {
    for (const { id, carrier } of this.messages.values()) {
      const row = this.messages.get(carrier ?? '');
      if (row !== undefined && !this.there.has(id) && !this.carriers.has(id)) this.carriers.set(id, row);
    }
  }

  #note(zone: string, clocks: ReadonlyMap<string, string>): void {
    // One may have opened, closed and opened again since the last look.
    for (const { id, generation, version } of this.followUps.values())
      for (let own = generation; own > 0 && !this.openings.has(`${id}/${own}`); own--)
        this.openings.set(`${id}/${own}`, { zone, version });
    for (const { id, recipient, sentAt } of this.messages.values())
      if (sentAt !== null && !this.clocks.has(id)) this.clocks.set(id, clocks.get(recipient) ?? zone);
  }
}

/** A tenant that asks for its figures, and who has seen what they are of. */
export interface Side {
  readonly tenant: string;
  readonly witness: Witness;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether retention has taken anything away. */
  readonly hasPruned: boolean;
}

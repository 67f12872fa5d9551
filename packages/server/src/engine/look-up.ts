// The look-up loop: resolvers that follow-ups wait for are asked, outside of any transaction, and what they say goes back as an
// input of the follow-up. What is not answered is tried again a few times; then it names nobody, and the core falls back. A
// node that dies while it asks leaves the row, which another takes.
import { createHash } from 'node:crypto';
import { type FollowUp, type Input, type Instant, isLive, later, lookupOf, type WrittenResolver } from '@relance/core';
import type { Question, ResolverAnswer } from '../channels/resolve.ts';
import { ENGINE } from '../store/database.ts';
import { lockFree, readFollowUps } from '../store/sql/follow-up.ts';
import { claimLookups, endLookup, type LookupRow, tryLookupAgain } from '../store/sql/lookup.ts';
import { NO_SETTINGS, tenantSettings } from '../store/sql/tenant.ts';
import type { Engine } from './engine.ts';
import { setAside } from './set-aside.ts';
import { step } from './step.ts';
import type { StepResult } from './work.ts';

const ASKED_AT_ONCE_MAX = 20;
const TRIES_MAX = 3;
const AGAIN_AFTER_MS = [1_000, 5_000];
/** Longer than any resolver may take, and its answer to be written. */
const LEASE_MS = 45_000;
/** Somebody holds the follow-up for a moment. */
const HELD_MS = 200;
/** Answers that are kept; the oldest go first. */
const KEPT_MAX = 10_000;

interface Kept {
  readonly to: readonly string[];
  /** In story time, which the answer is for. */
  readonly until: Instant;
}

/** What is known beside the row: nothing, where the follow-up has ended. */
interface Subject {
  /** The same for every try of one question. */
  readonly id: string;
  readonly question: Question;
  readonly written: WrittenResolver | null;
}

export class LookUp {
  readonly #engine: Engine;
  readonly #again: () => void;
  readonly #kept = new Map<string, Kept>();
  readonly #pending = new Set<Promise<void>>();
  /** There may be more than there was room for. */
  #crowded = false;

  /** `again`: makes whoever calls `runOnce` call it now. */
  constructor(engine: Engine, again: () => void) {
    this.#engine = engine;
    this.#again = again;
  }

  /** Claims and starts what there is room for; answers how many resolvers are being asked. */
  async runOnce(): Promise<number> {
    const now = await this.#engine.clock.storyNow();
    if (now === null) return 0;
    const room = ASKED_AT_ONCE_MAX - this.#pending.size;
    this.#crowded = room <= 0;
    if (room <= 0) return 0;
    const claimed = await this.#engine.database.transaction(ENGINE, (tx) => claimLookups(tx, room, LEASE_MS));
    this.#crowded = claimed.length === room;
    for (const row of claimed) this.#track(this.#lookUp(row, now));
    return claimed.length;
  }

  /** Waits for every question under way. */
  async idle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  #track(work: Promise<void>): void {
    const safe = work
      .catch((error: unknown) => this.#engine.log.error({ error }, 'a resolver could not be asked; it is tried again'))
      .finally(() => {
        this.#pending.delete(safe);
        if (this.#crowded) this.#again();
      });
    this.#pending.add(safe);
  }

  async #lookUp(row: LookupRow, now: Instant): Promise<void> {
    const { database } = this.#engine;
    const subject = await database.transaction(ENGINE, async (tx): Promise<Subject | null> => {
      const [followUp] = await readFollowUps(tx, row.slot, [row.follow_up_id]);
      if (followUp === undefined || !isLive(followUp.status)) {
        await endLookup(tx, row);
        return null;
      }
      const settings = (await tenantSettings(tx, [row.tenant])).get(row.tenant) ?? NO_SETTINGS;
      const { resolvers } = settings;
      return {
        id: `lookup_${followUp.id}_${row.resolver}_${lookupOf(followUp, row.resolver).askedAt ?? now}`,
        question: questionOf(followUp, row.resolver),
        written: Object.hasOwn(resolvers, row.resolver) ? (resolvers[row.resolver] ?? null) : null,
      };
    });
    if (subject === null) return;
    const answer = await this.#ask(row, subject, now);
    if (answer.kind === 'retry' && row.tries < TRIES_MAX) {
      const afterMs = AGAIN_AFTER_MS[row.tries - 1] ?? 0;
      await database.transaction(ENGINE, (tx) => tryLookupAgain(tx, row, afterMs));
      this.#engine.metrics.lookedUp('retry');
      return;
    }
    await this.#record(row, answer);
    this.#engine.metrics.lookedUp(answer.kind === 'answered' ? 'answered' : 'failed');
  }

  async #ask(row: LookupRow, { id, question, written }: Subject, now: Instant): Promise<Answered> {
    if (written === null)
      return { kind: 'failed', detail: `there is no resolver "${row.resolver}" in \`resolvers\` of relance.yaml` };
    // Its digest: a question has all the data of its follow-up in it.
    const key = createHash('sha256')
      .update(`${row.tenant}\n${JSON.stringify(question)}`)
      .digest('base64url');
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.until >= now) return { kind: 'answered', ...kept };
    const answer = await this.#engine.resolve({ tenant: row.tenant, id, question, written }).catch(
      // A resolver of somebody's own must answer; one that throws has not.
      (error: Error): ResolverAnswer => ({ kind: 'retry', detail: `it could not be asked: ${error.message}` }),
    );
    if (answer.kind !== 'answered') return answer;
    const until = later(now, answer.holdsMs);
    this.#keep(key, { to: answer.to, until });
    return { kind: 'answered', to: answer.to, until };
  }

  #keep(key: string, kept: Kept): void {
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
  }

  /** Once heard it is not asked again: it is kept while somebody else holds the follow-up. */
  async #record(row: LookupRow, answer: Answered): Promise<void> {
    const { nudge } = this.#engine;
    for (;;) {
      const result = await this.#recordOnce(row, answer);
      if (result === 'lost') return;
      if (result !== 'held') {
        this.#engine.report(result);
        nudge.wake();
        nudge.deliver();
        return;
      }
      if (this.#engine.stopping) throw new Error('the node stops while an answer waits to be recorded');
      await this.#engine.pauseMs(HELD_MS);
    }
  }

  /** `lost`: it was asked anew, or is another node's by now. */
  async #recordOnce(row: LookupRow, answer: Answered): Promise<StepResult | 'held' | 'lost'> {
    const { database, policies, clock } = this.#engine;
    const now = await clock.now();
    const input: Input = {
      kind: 'lookedUp',
      resolver: row.resolver,
      to: answer.kind === 'answered' ? answer.to : [],
      until: answer.kind === 'answered' ? answer.until : now,
      detail: answer.kind === 'answered' ? null : answer.detail,
    };
    return database.transaction(ENGINE, async (tx) => {
      const [followUp] = await lockFree(tx, row.slot, [row.follow_up_id]);
      if (followUp === undefined) return (await tryLookupAgain(tx, row, LEASE_MS)) ? 'held' : 'lost';
      if (!(await endLookup(tx, row))) return 'lost';
      const context = { policies, now };
      const made = await step(tx, row.slot, [{ kind: 'move', followUp, inputs: [input] }], context);
      await setAside(tx, row.slot, made.failed, context);
      return made;
    });
  }
}

type Answered = Exclude<ResolverAnswer, { kind: 'answered' }> | ({ readonly kind: 'answered' } & Kept);

const questionOf = (followUp: FollowUp, resolver: string): Question => ({
  resolver,
  policy: followUp.policy,
  key: followUp.key,
  subject: followUp.subject,
  data: followUp.data,
  assignee: followUp.assignee,
  requester: followUp.requester,
  team: followUp.team,
});

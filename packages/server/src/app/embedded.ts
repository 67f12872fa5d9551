// Opening and commands inside the caller's own transaction, on their own `pg` client: what they write and the follow-up
// commit together or not at all. Takes and answers the shapes of the HTTP interface (RFC 3339, `policy: {id, version}`);
// the engine's own stay inside. Part of createRelance() (relance.ts).
import {
  type AnswerProblem,
  type Command,
  fromRfc3339,
  isDate,
  type Refusal,
  type WireFollowUp,
  wireFollowUp,
} from '@relance/core';
import type pg from 'pg';
import { runInside } from '../engine/command.ts';
import type { RunningEngine } from '../engine/loop.ts';
import { openInside } from '../engine/open.ts';
import type { CommandOutcome, FollowUpRef, OpenOutcome, OpenRequest } from '../engine/ports.ts';
import { parseJson } from '../http/json.ts';
import { isTenantId, txOn } from '../store/database.ts';

/** What `POST /v1/follow-ups` takes. */
export interface EmbeddedOpen extends Omit<OpenRequest, 'dueAt' | 'dueDay'> {
  /** RFC 3339, or a date: until its end; null for none. */
  readonly dueAt?: string | null;
  readonly tenant?: string;
}

export interface EmbeddedCommand {
  readonly policy?: string;
  readonly key?: string;
  readonly id?: string;
  readonly assignee?: string;
  readonly actor?: string;
  readonly comment?: string;
  readonly tenant?: string;
}

/** One of the policy's own actions, with what it asks for as plain data. */
export interface EmbeddedAnswer extends EmbeddedCommand {
  readonly action: string;
  readonly answer?: unknown;
}

export type OpenAnswer =
  | { readonly kind: 'opened' | 'updated'; readonly followUp: WireFollowUp } // updated: a live follow-up had the key
  | { readonly kind: 'rejected'; readonly code: string; readonly detail: string };

export type CommandAnswer =
  | {
      readonly kind: 'done';
      readonly followUp: WireFollowUp;
      readonly changed: boolean;
      readonly inFlight: readonly string[];
    }
  | { readonly kind: 'closed'; readonly followUp: WireFollowUp } // another terminal status
  | {
      readonly kind: 'refused';
      readonly refusal: Refusal;
      readonly detail: string;
      /** What is wrong with an answer, field by field. */
      readonly errors?: readonly AnswerProblem[];
      readonly followUp: WireFollowUp;
    }
  | { readonly kind: 'unreadable'; readonly detail: string; readonly followUp: WireFollowUp } // by this release: nothing was changed
  | { readonly kind: 'ambiguous'; readonly assignees: readonly string[] } // several live under this key: name the assignee
  | { readonly kind: 'missing' };

export interface Embedded {
  /** Opens inside the caller's transaction; a live follow-up with the key is fed instead. */
  open(tx: pg.ClientBase, request: EmbeddedOpen): Promise<OpenAnswer>;
  resolve(tx: pg.ClientBase, request: EmbeddedCommand & { readonly outcome?: string }): Promise<CommandAnswer>;
  cancel(tx: pg.ClientBase, request: EmbeddedCommand): Promise<CommandAnswer>;
  acknowledge(tx: pg.ClientBase, request: EmbeddedCommand): Promise<CommandAnswer>;
  answer(tx: pg.ClientBase, request: EmbeddedAnswer): Promise<CommandAnswer>;
}

export function embedded(running: RunningEngine, ownTenant: string): Embedded {
  const { engine } = running;
  /** The caller's transaction sees this tenant's rows; on commit the loops find the new work within their poll. */
  const scoped = async (client: pg.ClientBase, tenant: string) => {
    if (!isTenantId(tenant)) throw new Error(`"${tenant}" is not a tenant id`);
    await client.query(`SELECT set_config('relance.tenant', $1, true)`, [tenant]);
    const tx = txOn(client, engine.database.hash);
    // What is local to a transaction is gone after the statement where none is open; every statement of ours would then
    // be committed alone, and no row would stay locked.
    const [kept] = await tx.query<{ tenant: string }>(`SELECT current_setting('relance.tenant', true) AS tenant`);
    if (kept?.tenant !== tenant)
      throw new Error('The client has no transaction open. Send BEGIN before, and COMMIT after.');
    return tx;
  };
  const command = async (client: pg.ClientBase, request: EmbeddedCommand, made: Command): Promise<CommandAnswer> => {
    const tenant = request.tenant ?? ownTenant;
    const tx = await scoped(client, tenant);
    const asked = {
      command: made,
      actor: { kind: 'api', id: request.actor ?? null },
      evidence: 'proven',
      channel: null,
      comment: request.comment ?? null,
    } as const;
    return toCommandAnswer(await runInside(tx, engine, tenant, refOf(request), asked, []));
  };
  return {
    async open(client, { tenant = ownTenant, dueAt, ...request }) {
      const due = dueAt === undefined ? {} : dueOf(dueAt);
      await engine.ensureMonth(await engine.clock.now());
      return toOpenAnswer(await openInside(await scoped(client, tenant), engine, tenant, { ...request, ...due }, []));
    },
    resolve: (client, request) => command(client, request, { kind: 'resolve', outcome: request.outcome ?? null }),
    cancel: (client, request) => command(client, request, { kind: 'cancel' }),
    acknowledge: (client, request) => command(client, request, { kind: 'acknowledge' }),
    answer: async (client, { action, answer, ...request }) =>
      command(client, request, { kind: 'answer', action, answer: plainOf(answer) }),
  };
}

/** As an HTTP caller would have sent it: what cannot be stored is refused before it reaches the caller's transaction. */
function plainOf(answer: unknown): unknown {
  let text: string;
  try {
    text = JSON.stringify({ answer });
  } catch (error) {
    throw new Error(`The answer cannot be written as JSON: ${(error as Error).message}. Give plain data.`);
  }
  return (parseJson(text) as { readonly answer?: unknown }).answer;
}

function dueOf(text: string | null): Pick<OpenRequest, 'dueAt' | 'dueDay'> {
  if (text === null) return { dueAt: null };
  if (isDate(text)) return { dueDay: text };
  const dueAt = fromRfc3339(text);
  if (dueAt === null)
    throw new Error(
      `dueAt "${text}" is not a time; give RFC 3339, such as "2026-12-01T09:00:00Z", or a date, such as "2026-12-01".`,
    );
  return { dueAt };
}

const toOpenAnswer = (outcome: OpenOutcome): OpenAnswer =>
  outcome.kind === 'rejected' ? outcome : { ...outcome, followUp: wireFollowUp(outcome.followUp) };
const toCommandAnswer = (outcome: CommandOutcome): CommandAnswer =>
  'followUp' in outcome ? { ...outcome, followUp: wireFollowUp(outcome.followUp) } : outcome;

function refOf(request: EmbeddedCommand): FollowUpRef {
  if (request.id !== undefined) return { kind: 'id', id: request.id };
  if (request.policy === undefined || request.key === undefined)
    throw new Error('Name the follow-up: `id`, or `policy` and `key`.');
  return { kind: 'key', policy: request.policy, key: request.key, assignee: request.assignee ?? null };
}

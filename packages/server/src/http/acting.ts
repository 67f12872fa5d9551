// Acting from a page: what somebody needs to act on follow-ups, gathered in sets, and the press of a button as a command. One way for
// the page behind an action link and for the page of everything that waits (routes/action-page.ts, routes/me.ts). What the page
// then says is acting-facts.ts.
import {
  ERRORS,
  type FollowUp,
  type Instant,
  RESOLVABLE_BY,
  type Reading,
  type Recipient,
  readingOf,
} from '@relance/core';
import type { CommandOutcome } from '../engine/ports.ts';
import type { PageFacts } from '../responses/act-view.ts';
import type { Colleague } from '../responses/action-form.ts';
import { answerOf, type Field, fieldsOf, wordsOf } from '../responses/answer-form.ts';
import { type AnsweringPolicy, answeringPolicies } from '../responses/answering-policy.ts';
import { type Asked, commandAsked, commentIn, type Form, namedIn } from '../responses/page-act.ts';
import { pageLanguage, pageLocale } from '../responses/page-language.ts';
import { ENGINE, type Tx } from '../store/database.ts';
import { candidateAt, candidateOf } from '../store/sql/colleague.ts';
import { readRecipients } from '../store/sql/directory.ts';
import { groupNames, othersOf } from '../store/sql/group.ts';
import { NO_SETTINGS, tenantSettings } from '../store/sql/tenant.ts';
import type { HttpPorts } from './ports.ts';

export interface Actor {
  readonly tenant: string;
  readonly recipient: string;
}

/** From where somebody acts. */
export interface Standing {
  /** As it stands in the address: beside this page, wherever a proxy has put it. */
  readonly path: string;
  /** What the link of the page does; null where it has none. */
  readonly action: string | null;
  /** What its message offers its reader; null where no message says. */
  readonly offered: readonly string[] | null;
  readonly message: string | null;
  readonly channel: string | null;
  /** Whether forms say which follow-up they are about. */
  readonly ofSeveral: boolean;
}

/** One follow-up, as somebody may act on it. */
export interface Acting extends Actor {
  readonly followUp: FollowUp;
  readonly people: ReadonlyMap<string, Recipient>;
  readonly reading: Reading;
  readonly policy: AnsweringPolicy['policy'];
  readonly teamName: string | null;
  readonly colleagues: readonly Colleague[];
  readonly standing: Standing;
}

export interface Gathered {
  /** Null: they are not known any more. */
  readonly person: Recipient | null;
  readonly tenantName: string | null;
  /** In which the page is, and in which they read times that are of no follow-up. */
  readonly reading: Reading;
  readonly acting: readonly Acting[];
  /** Whom the page may name. */
  readonly people: ReadonlyMap<string, Recipient>;
}

const COLLEAGUES_MAX = 50;

/** A statement for each kind of thing, however many follow-ups there are. `also`: whom the page names besides. */
export async function gatherActing(
  tx: Tx,
  { tenant, recipient }: Actor,
  followUps: readonly FollowUp[],
  standing: Standing,
  also: readonly string[] = [],
): Promise<Gathered> {
  const ids = new Set([recipient, ...also, ...followUps.flatMap(peopleOf)]);
  const known = await readRecipients(
    tx,
    [...ids].map((id) => ({ tenant, id })),
  );
  const people = new Map(known.map((one) => [one.recipient.id, one.recipient]));
  const settings = (await tenantSettings(tx, [tenant])).get(tenant) ?? NO_SETTINGS;
  const policyOf = await answeringPolicies(tx, followUps);
  const teams = [...new Set(followUps.flatMap(({ team }) => team ?? []))];
  const names = await groupNames(tx, tenant, teams);
  // Whoever else is asked is not told who works there.
  const others = await othersOf(tx, tenant, teams, recipient, COLLEAGUES_MAX);
  const person = people.get(recipient) ?? null;
  const locale = pageLocale(person?.locale ?? null, settings.locale);
  const readingIn = (zone: string | null): Reading => ({ ...readingOf(person ?? undefined, zone, settings), locale });
  return {
    person,
    tenantName: settings.name,
    reading: readingIn(null),
    people,
    acting: followUps.map((followUp): Acting => {
      const { team } = followUp;
      const { policy, zone } = policyOf(followUp);
      const asksTeam = team !== null && policy.resolvableBy.length < RESOLVABLE_BY.length;
      const colleagues = team === null ? [] : (others.get(team) ?? []);
      return {
        tenant,
        recipient,
        followUp,
        people,
        reading: readingIn(zone),
        policy,
        teamName: asksTeam ? (names.get(team) ?? team) : null,
        colleagues: colleagues.map(({ id, name }) => ({ id, name: name ?? id })),
        standing,
      };
    }),
  };
}

const peopleOf = ({ assignee, requester, acknowledgedBy, closedBy, escalated }: FollowUp): readonly string[] =>
  [assignee, requester, acknowledgedBy, closedBy, ...escalated.slice(0, 1)].filter((id): id is string => id !== null);

/** What an answer of the policy's own asks for. */
export const fieldsAsked = ({ policy }: Acting, name: string): readonly Field[] | null =>
  fieldsOf(policy.actions.find(({ id }) => id === name)?.answer?.source ?? null);

export type NotAsked = Exclude<Asked, { kind: 'command' }>;
export type Unfit = Extract<PageFacts['outcome'], { kind: 'unfit' }>;

/** In the language of the interface; page-language.ts has it in the others. */
const NOT_OFFERED = 'This page does not offer that, or not any more. Nothing has changed; open it again.';

/** What came of a press. */
export interface Pressed {
  readonly name: string;
  readonly outcome: CommandOutcome | NotAsked | Unfit;
  /** As it stands now; null where nothing was looked at. */
  readonly followUp: FollowUp | null;
  readonly status: number;
}

/** Does by command what a form says, once, however often it is pressed. */
export async function press(
  ports: HttpPorts,
  acting: Acting,
  name: string,
  form: Form,
  now: Instant,
): Promise<Pressed> {
  const { tenant, recipient, followUp, reading, standing } = acting;
  const person = name === 'delegate' ? await personNamed(ports, acting, form) : null;
  const fields = fieldsAsked(acting, name);
  const answer = fields === null ? null : answerOf(fields, form);
  const asked = commandAsked(name, form, { now, zone: reading.zone, person, answer });
  if (asked.kind !== 'command') return { name, outcome: asked, followUp: null, status: 400 };
  const outcome = await ports.commands.run(
    tenant,
    { kind: 'id', id: followUp.id },
    {
      command: asked.command,
      actor: { kind: 'recipient', id: recipient },
      evidence: 'proven',
      channel: standing.channel,
      comment: commentIn(form),
      once: true,
      ...(standing.message === null ? {} : { message: standing.message }),
    },
  );
  const after = 'followUp' in outcome ? outcome.followUp : null;
  const status = statusOf(outcome);
  if (outcome.kind !== 'refused' || outcome.refusal !== 'answer_invalid')
    return { name, outcome, followUp: after, status };
  const detail = wordsOf(fields ?? [], outcome.errors ?? [], pageLanguage(reading.locale));
  return { name, outcome: { kind: 'unfit', detail, posted: form }, followUp: after, status };
}

/** Null for whoever may not have it, known here or not. */
async function personNamed({ database }: HttpPorts, giver: Acting, form: Form): Promise<string | null> {
  const named = namedIn(form);
  if (named === null) return null;
  return database.transaction(ENGINE, async (tx) =>
    'email' in named ? candidateAt(tx, giver, named.email) : candidateOf(tx, giver, named.id),
  );
}

/** A time that the policy does not allow is the sender's mistake; other refusals are the follow-up's state. */
function statusOf(outcome: CommandOutcome): number {
  if (outcome.kind === 'closed') return 409;
  if (outcome.kind === 'unreadable') return ERRORS.policy_unreadable.status;
  if (outcome.kind !== 'refused') return 200;
  return ['snooze_too_long', 'commit_too_long', 'time_in_past'].includes(outcome.refusal) ? 400 : 422;
}

/** What a page says to a form that asks for something else than it offers. */
export const notOffered = (name: string, followUp: FollowUp): Pressed => ({
  name,
  outcome: { kind: 'refused', refusal: 'unknown_action', detail: NOT_OFFERED, followUp },
  followUp: null,
  status: 422,
});

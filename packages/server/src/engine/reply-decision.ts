// What a reply becomes: one command of whoever wrote it, an opt-out, or something for people to read. Pure: who wrote it and what
// they may do is gathered by reply.ts, which also finds out whether the policy takes the command.
//
//   a program's                        → nothing, whatever it says
//   not proven, not of whom the message went to, or to a mail about several things → a conversation
//   of who is asked, with `onReply`    → it ends, whatever it says
//   understood for sure, and offered   → one command, or an opt-out
//   everything else                    → a conversation
import { type Command, type Evidence, type FollowUp, isAssignee, type Policy } from '@relance/core';
import type { IncomingReply, ReplyMeaning } from './ports.ts';

/** Why people have to read it. The words stand in the timeline, and in docs/guide/replies.md. */
export const WHY = {
  unclear: 'it says nothing that could be acted on for sure',
  unproven: 'it came without the address of the message',
  several: 'it answers a mail about several things',
  unknown_sender: 'its sender is not known',
  not_theirs: 'it is not theirs to do',
  essential: 'the category cannot be switched off',
  refused: 'the policy does not allow it',
  closed: 'the follow-up is closed',
} as const;
export type Why = keyof typeof WHY;

export type Became =
  | { readonly kind: 'command'; readonly command: Command }
  /** `command`: what ends as well, where the policy waits for any reply. */
  | { readonly kind: 'opted_out'; readonly command: Command | null }
  | { readonly kind: 'conversation'; readonly why: Why }
  | { readonly kind: 'nothing'; readonly why: string };

export interface Writer {
  /** Null: nobody is known by this address. */
  readonly id: string | null;
  /** The message went to them. */
  readonly own: boolean;
}

export interface Deciding {
  readonly reply: IncomingReply;
  readonly writer: Writer;
  readonly followUp: FollowUp;
  readonly policy: Pick<Policy, 'onReply' | 'category'>;
  /** What the message offers its reader; null where that is not kept. */
  readonly offered: readonly string[] | null;
  readonly essential: boolean;
  /** The mail was about other things as well. */
  readonly several: boolean;
}

/** The address that only the message has, and who is written to there; or who has been handed it. */
export const evidenceOf = ({ proven }: IncomingReply, { id, own }: Writer): Evidence | null =>
  !proven || id === null ? null : own ? 'proven' : 'likely';

export function becomes({ reply, writer, followUp, policy, offered, essential, several }: Deciding): Became {
  const { said } = reply;
  if (said.kind === 'automatic') return { kind: 'nothing', why: said.why };
  if (!reply.proven) return forPeople('unproven');
  if (several) return forPeople('several');
  const { id } = writer;
  if (id === null) return forPeople('unknown_sender');
  // The address of a message proves whoever it was sent to, and From is what anybody writes: with their own message in hand, a
  // requester could approve in the name of whom they ask.
  if (!writer.own) return forPeople('not_theirs');
  const { meaning } = said;
  const ends = said.surelyHuman && policy.onReply !== null && isAssignee(followUp, id);
  const ending = ends ? ({ kind: 'reply' } as const) : null;
  if (meaning.sure && meaning.kind === 'stop' && !essential) return { kind: 'opted_out', command: ending };
  if (ending !== null) return { kind: 'command', command: ending };
  if (meaning.sure && meaning.kind === 'stop') return forPeople('essential');
  if (!meaning.sure) return forPeople('unclear');
  const command = commandOf(meaning);
  if (command === null) return forPeople('unclear');
  return mayAsk(command, id, followUp, offered) ? { kind: 'command', command } : forPeople('not_theirs');
}

const forPeople = (why: Why): Became => ({ kind: 'conversation', why });

function commandOf(meaning: ReplyMeaning): Command | null {
  switch (meaning.kind) {
    case 'done':
      return meaning.action === null
        ? { kind: 'resolve', outcome: null }
        : { kind: 'answer', action: meaning.action, answer: null };
    case 'commit':
      return { kind: 'commit', by: meaning.by };
    case 'snooze':
      return { kind: 'snooze', until: meaning.until };
    case 'acknowledge':
      return { kind: 'acknowledge' };
    case 'delegate':
      return { kind: 'delegate', to: meaning.to };
    case 'not_mine':
      return { kind: 'decline', why: 'declined' };
    case 'wrong_person':
      return { kind: 'decline', why: 'wrong_person' };
    case 'stop':
    case 'unclear':
      return null;
  }
}

/** As on the page behind a link: what is asked of them is theirs to promise and to give away; else what the message offers. */
function mayAsk(command: Command, person: string, followUp: FollowUp, offered: readonly string[] | null): boolean {
  if (command.kind === 'commit' || command.kind === 'decline' || command.kind === 'delegate')
    return isAssignee(followUp, person);
  if (isAssignee(followUp, person) || followUp.escalated.includes(person)) return true;
  if (offered === null) return false;
  if (command.kind === 'resolve') return offered.length > 0;
  return offered.includes(command.kind === 'answer' ? command.action : command.kind);
}

/** As the timeline calls what came of it. */
export function takenAs(became: Extract<Became, { kind: 'command' | 'opted_out' }>): string {
  if (became.kind === 'opted_out') return 'opting out of its category';
  const { command } = became;
  switch (command.kind) {
    case 'answer':
      return `"${command.action}"`;
    case 'reply':
      return 'the answer that was waited for';
    case 'resolve':
      return '"it is done"';
    case 'decline':
      return command.why === 'wrong_person' ? '"I am the wrong person"' : '"not mine"';
    default:
      return `"${command.kind}"`;
  }
}

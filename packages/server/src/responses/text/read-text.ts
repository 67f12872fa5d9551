// What a person's text message asks for, of what they may answer at this moment: a code means one thing; words mean the one follow-up
// that is open, and with several ask which. Everything else is for people to read. Pure; text-answer.ts does it.
import {
  type Action,
  type Code,
  type Command,
  codeIn,
  codeLabel,
  codeText,
  codeWordsIn,
  type Instant,
  UNDO_DIGIT,
} from '@relance/core';
import { commandAsked } from '../page-act.ts';
import { type Meaning, meaningOf, SURE } from '../reply/meaning.ts';
import { wordsIn } from '../reply/plain-words.ts';

/** One of the follow-ups that a person can answer by text. */
export interface Answerable {
  readonly number: number;
  readonly followUp: string;
  readonly title: string;
  readonly live: boolean;
  /** The digit is the place. */
  readonly actions: readonly string[];
  /** The policy's own. */
  readonly own: readonly Action[];
  /** It is asked of whoever writes: theirs to promise and to give away. */
  readonly theirs: boolean;
  /** Whatever they write ends it: only what it offered by name does that instead. */
  readonly endsOnReply: boolean;
}

/** Whose text it is. */
export interface Writer {
  readonly locale: string;
  /** IANA. */
  readonly zone: string;
  readonly now: Instant;
}

export type TextRead =
  /** `name`: the action, as the page behind a link calls it. */
  | { readonly kind: 'command'; readonly of: Answerable; readonly name: string; readonly command: Command }
  | { readonly kind: 'unknown_code'; readonly code: string }
  | { readonly kind: 'which'; readonly codes: readonly { readonly code: string; readonly title: string }[] }
  | { readonly kind: 'unclear' };

const UNDO = 'unacknowledge';
const UNCLEAR: TextRead = { kind: 'unclear' };

export function readText(text: string, all: readonly Answerable[], writer: Writer): TextRead {
  return byCode(text, all, writer) ?? byWords(text, all, writer);
}

/** Null where it is none: what stands behind a code may only say the same again. */
function byCode(text: string, all: readonly Answerable[], writer: Writer): TextRead | null {
  const [, digits = '', rest = ''] = /^\s*#?(\d{1,3})(?!\d)([\s\S]{0,100})$/.exec(text) ?? [];
  const code = codeIn(digits);
  if (code === null) return null;
  const of = all.find(({ number }) => number === code.number);
  const name = of === undefined ? undefined : nameOf(code, of);
  if (of === undefined || name === undefined)
    return wordsIn(rest).length === 0 ? { kind: 'unknown_code', code: digits } : null;
  if (!saysTheSame(rest, name, of, writer)) return null;
  if (name === UNDO) return { kind: 'command', of, name, command: { kind: UNDO } };
  const asked = commandAsked(name, {}, { ...writer, person: null, answer: null });
  return asked.kind === 'command' ? { kind: 'command', of, name, command: asked.command } : null;
}

const nameOf = ({ digit }: Code, { actions }: Answerable): string | undefined =>
  digit === UNDO_DIGIT ? UNDO : actions[digit - 1];

/** "1", "1.", or "1 done" as it stands in the message. */
function saysTheSame(rest: string, name: string, { own }: Answerable, { locale }: Writer): boolean {
  const said = wordsIn(rest).join(' ');
  if (said === '') return true;
  const label = own.find(({ id }) => id === name)?.label ?? name;
  return [label, codeLabel(codeWordsIn(locale), { name, label })].some((one) => wordsIn(one).join(' ') === said);
}

function byWords(text: string, all: readonly Answerable[], writer: Writer): TextRead {
  const live = all.filter((one) => one.live);
  const meant = live.flatMap((of) => {
    const asked = commandOf(meaningOf(text, { ...writer, actions: of.own }));
    return asked === null || !mayAsk(asked, of) ? [] : [{ of, ...asked }];
  });
  const [one] = meant;
  if (one === undefined) return UNCLEAR;
  if (live.length === 1) return { kind: 'command', ...one };
  const codes = meant.flatMap(({ of, name }) => codesFor(of, name));
  return codes.length === 0 ? UNCLEAR : { kind: 'which', codes };
}

/** As of a reply by mail (engine/reply-decision.ts): nobody promises or gives away what is asked of somebody else. */
function mayAsk({ name }: Asked, { actions, theirs, endsOnReply }: Answerable): boolean {
  if (actions.includes(name)) return true;
  return theirs && !endsOnReply;
}

/** What was meant of each; a day or "not mine" has no code. */
function codesFor(of: Answerable, name: string): { readonly code: string; readonly title: string }[] {
  const digit = of.actions.indexOf(name) + 1;
  return digit === 0 ? [] : [{ code: codeText({ number: of.number, digit }), title: of.title }];
}

interface Asked {
  readonly name: string;
  readonly command: Command;
}

/** Null for what nobody can be sure of. What only pauses is taken at its word: "ok", "later"; it can be taken back. */
function commandOf(meaning: Meaning): Asked | null {
  const pauses = meaning.kind === 'acknowledge' || meaning.kind === 'snooze';
  if (meaning.confidence < SURE && !pauses) return null;
  switch (meaning.kind) {
    case 'done':
      return meaning.action === null
        ? { name: 'resolve', command: { kind: 'resolve', outcome: meaning.outcome } }
        : { name: meaning.action, command: { kind: 'answer', action: meaning.action, answer: null } };
    case 'acknowledge':
      return { name: 'acknowledge', command: { kind: 'acknowledge' } };
    case 'snooze':
      return { name: 'snooze', command: { kind: 'snooze', until: meaning.until } };
    case 'commit':
      return { name: 'commit', command: { kind: 'commit', by: meaning.by } };
    case 'not_mine':
      return { name: 'decline', command: { kind: 'decline', why: 'declined' } };
    case 'wrong_person':
      return { name: 'decline', command: { kind: 'decline', why: 'wrong_person' } };
    // Nobody is named in a text: whom it could be given to is not asked for.
    case 'delegate':
    // Whether they want no more of this, or of everything, people ask them; STOP by itself says it.
    case 'stop':
    case 'unclear':
      return null;
  }
}

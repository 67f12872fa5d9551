// What people and channels do in a simulation, as sentences: `assignee acknowledges after 2 hours of notice`,
// `ana resolves with 60% after 1 day..5 days`, `email bounces for ana`, `event order.paid after 3 days`,
// `ana answers approve {"years": 2} by sms after 1 day`, `ana replies after 1 day`, `resolver crm answers bo`, `nobody answers`.
// A closed grammar like offsets and targets, whose errors point at the character; simulation.ts acts on it.
import { type Duration, readDuration } from './policy/duration.ts';
import { orMean } from './policy/nearest.ts';
import { CHANNELS, type Channel, isChannel } from './policy/policy.ts';
import { expected, ID, type Parsed, parseAll, parsed, type Scanner } from './policy/scanner.ts';
import type { HandingOver } from './rehearsal.ts';

/** `assignee` and `requester` are whoever that is at that moment; everything else is a recipient id. */
export type Act =
  | { readonly kind: 'acknowledge' | 'resolve' | 'decline' | 'reply' }
  | { readonly kind: 'snooze' | 'commit'; readonly duration: Duration }
  | { readonly kind: 'delegate'; readonly to: string }
  /** One of the policy's own actions; the answer is as the JSON says, null where there is none. */
  | { readonly kind: 'answer'; readonly action: string; readonly answer: unknown };

export interface Moment {
  /** How likely it happens at all, 0 to 1. */
  readonly chance: number;
  /** Any time from the first to the second is as likely; a single one is both. */
  readonly after: readonly [Duration, Duration];
  /** Counted from the first hand-over of this stage; null: from the opening. */
  readonly of: string | null;
}

export type Behaviour =
  | { readonly kind: 'nobody' }
  | ({
      readonly kind: 'answer';
      readonly who: string;
      readonly act: Act;
      /** Where they do it, which is where they are told how it ended; null: nobody says. */
      readonly channel: Channel | null;
    } & Moment)
  | ({ readonly kind: 'event'; readonly type: string } & Moment)
  | { readonly kind: 'resolver'; readonly name: string; readonly to: readonly string[] }
  | {
      readonly kind: 'channel';
      readonly channel: Channel;
      readonly fate: HandingOver;
      /** Null: for everybody. */
      readonly who: string | null;
    };

const VERBS = ['acknowledges', 'resolves', 'declines', 'snoozes', 'commits', 'delegates', 'answers', 'replies'];
const FATES: Readonly<Record<string, HandingOver>> = { bounces: 'bounce', fails: 'fail', is: 'uncertain' };
const WHO = 'who does something is expected: assignee, requester, a recipient id or a channel; or "nobody answers"';

export const parseBehaviour = (text: string): Parsed<Behaviour> => parseAll(text, readBehaviour);

function readBehaviour(scanner: Scanner): Parsed<Behaviour> {
  const who = scanner.take(ID_HERE);
  if (who === null) return expected(scanner.at, WHO);
  scanner.skipSpace();
  if (who === 'nobody')
    return takeWord(scanner, 'answers') ? parsed({ kind: 'nobody' }) : expected(scanner.at, '"answers" is expected');
  if (who === 'event') return readEvent(scanner);
  if (who === 'resolver') return readResolver(scanner);
  const verbAt = scanner.at;
  const verb = scanner.take(/[A-Za-z]+/) ?? '';
  if (isChannel(who)) return readChannel(scanner, who, { verb, verbAt });
  const act = readAct(scanner, verb, verbAt);
  if (!act.ok) return act;
  const channel = readWhere(scanner);
  if (!channel.ok) return channel;
  const moment = readMoment(scanner);
  return moment.ok ? parsed({ kind: 'answer', who, act: act.value, channel: channel.value, ...moment.value }) : moment;
}

/** `by sms`, or nothing. */
function readWhere(scanner: Scanner): Parsed<Channel | null> {
  scanner.skipSpace();
  if (!takeWord(scanner, 'by')) return parsed(null);
  const { at } = scanner;
  const channel = scanner.take(ID_HERE);
  return isChannel(channel)
    ? parsed(channel)
    : expected(at, `a channel is expected after "by": ${CHANNELS.join(', ')}`);
}

const ID_HERE = new RegExp(ID.source.replace(/^\^|\$$/g, ''));

/** A whole word, and the space behind it. */
function takeWord(scanner: Scanner, word: string): boolean {
  if (scanner.take(new RegExp(`${word}(?![A-Za-z0-9_])`)) === null) return false;
  scanner.skipSpace();
  return true;
}

function readChannel(
  scanner: Scanner,
  channel: Channel,
  { verb, verbAt }: { readonly verb: string; readonly verbAt: number },
): Parsed<Behaviour> {
  const fate = Object.hasOwn(FATES, verb) ? FATES[verb] : undefined;
  if (fate === undefined)
    return expected(verbAt, `"bounces", "fails" or "is uncertain" is expected after a channel${not(verb)}`);
  scanner.skipSpace();
  if (verb === 'is' && !takeWord(scanner, 'uncertain')) return expected(scanner.at, '"uncertain" is expected');
  if (!takeWord(scanner, 'for')) return parsed({ kind: 'channel', channel, fate, who: null });
  const who = scanner.take(ID_HERE);
  return who === null
    ? expected(scanner.at, 'assignee, requester or a recipient id is expected')
    : parsed({ kind: 'channel', channel, fate, who });
}

function readAct(scanner: Scanner, verb: string, verbAt: number): Parsed<Act> {
  scanner.skipSpace();
  switch (verb) {
    case 'acknowledges':
      return parsed({ kind: 'acknowledge' });
    case 'resolves':
      return parsed({ kind: 'resolve' });
    case 'declines':
      return parsed({ kind: 'decline' });
    case 'replies':
      return parsed({ kind: 'reply' });
    case 'snoozes':
      return readLength(scanner, 'snooze', 'for');
    case 'commits':
      return readLength(scanner, 'commit', 'to');
    case 'delegates': {
      if (!takeWord(scanner, 'to')) return expected(scanner.at, '"to" and a recipient id are expected');
      const to = scanner.take(ID_HERE);
      return to === null ? expected(scanner.at, 'a recipient id is expected') : parsed({ kind: 'delegate', to });
    }
    case 'answers':
      return readAnswer(scanner);
    default:
      return expected(verbAt, `one of ${VERBS.join(', ')} is expected${not(verb)}${orMean(verb, VERBS)}`);
  }
}

function readLength(scanner: Scanner, kind: 'snooze' | 'commit', word: string): Parsed<Act> {
  if (!takeWord(scanner, word)) return expected(scanner.at, `"${word}" and a duration are expected`);
  const duration = readDuration(scanner);
  return duration.ok ? parsed({ kind, duration: duration.value }) : duration;
}

/** `approve {"years": 2}`: what follows the action is JSON, or already when it happens. */
function readAnswer(scanner: Scanner): Parsed<Act> {
  const isMoment = /(?:with|after)\s+\d/.exec(scanner.text.slice(scanner.at))?.index === 0;
  const action = isMoment ? null : scanner.take(ID_HERE);
  if (action === null)
    return expected(scanner.at, 'the id of an action of the policy is expected, as in "answers approve"');
  scanner.skipSpace();
  const { at } = scanner;
  const written = scanner.take(JSON_HERE);
  if (written === null)
    return /[{["]/.test(scanner.text[at] ?? '')
      ? expected(at, 'the answer is not JSON: it does not end')
      : parsed({ kind: 'answer', action, answer: null });
  try {
    return parsed({ kind: 'answer', action, answer: JSON.parse(written) });
  } catch (error) {
    const place = /at position (\d+)/.exec((error as Error).message)?.[1] ?? 0;
    return expected(at + Number(place), 'the answer is not JSON, such as {"years": 2}');
  }
}

/** A text, a number or a word whole, and everything from a bracket to the last one: only one answer is in a sentence. */
const JSON_HERE = /\{.*\}|\[.*\]|"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|(?:true|false|null)(?![A-Za-z0-9_])/;

function readEvent(scanner: Scanner): Parsed<Behaviour> {
  const type = scanner.take(ID_HERE);
  if (type === null) return expected(scanner.at, 'the type of an event is expected, as in "event order.paid"');
  const moment = readMoment(scanner);
  return moment.ok ? parsed({ kind: 'event', type, ...moment.value }) : moment;
}

/** `resolver crm answers ana, bo` */
function readResolver(scanner: Scanner): Parsed<Behaviour> {
  const name = scanner.take(ID_HERE);
  if (name === null)
    return expected(scanner.at, 'the name of a resolver is expected, as in "resolver crm answers ana"');
  scanner.skipSpace();
  if (!takeWord(scanner, 'answers')) return expected(scanner.at, '"answers" and recipient ids are expected');
  const to: string[] = [];
  do {
    scanner.skipSpace();
    const id = scanner.take(ID_HERE);
    if (id === null) return expected(scanner.at, 'a recipient id is expected');
    to.push(id);
    scanner.skipSpace();
  } while (scanner.takeText(','));
  return parsed({ kind: 'resolver', name, to });
}

/** `with 60% after 1 day..5 days of notice`: only what comes after "after" must be there. */
function readMoment(scanner: Scanner): Parsed<Moment> {
  scanner.skipSpace();
  const chance = takeWord(scanner, 'with') ? readChance(scanner) : parsed(1);
  if (!chance.ok) return chance;
  scanner.skipSpace();
  if (!takeWord(scanner, 'after'))
    return expected(scanner.at, '"after" and a duration are expected, as in "after 2 hours"');
  const least = readDuration(scanner);
  if (!least.ok) return least;
  scanner.skipSpace();
  const most = scanner.takeText('..') ? readMost(scanner) : least;
  if (!most.ok) return most;
  scanner.skipSpace();
  if (!takeWord(scanner, 'of')) return parsed({ chance: chance.value, after: [least.value, most.value], of: null });
  const stage = scanner.take(ID_HERE);
  return stage === null
    ? expected(scanner.at, 'the id of a stage is expected')
    : parsed({ chance: chance.value, after: [least.value, most.value], of: stage });
}

function readMost(scanner: Scanner): Parsed<Duration> {
  scanner.skipSpace();
  return readDuration(scanner);
}

function readChance(scanner: Scanner): Parsed<number> {
  const { at } = scanner;
  const percent = Number(scanner.take(/\d{1,3}(?:\.\d{1,3})?/) ?? Number.NaN);
  scanner.skipSpace();
  return percent <= 100 && scanner.takeText('%')
    ? parsed(percent / 100)
    : expected(at, 'a share from 0% to 100% is expected, as in "60%"');
}

const not = (word: string): string => (word === '' ? '' : `, not "${word}"`);

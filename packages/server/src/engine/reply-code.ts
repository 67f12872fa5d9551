// Puts codes to text messages that can be answered by one: which number a follow-up has for its reader is looked up, or the first
// that is free is taken, in one statement for all of a set. Who takes the same number at the same moment tries the next. What the
// codes look like is core/reply-code.ts; what is answered comes to responses/text-answer.ts.
import { CODE_NUMBERS_MAX, codedActions, codeLines, DAY_MS, type Instant, isLive, normalAddress } from '@relance/core';
import { ENGINE } from '../store/database.ts';
import { codesAt, keepCodes, NUMBER_KEPT_DAYS, type ReplyCode } from '../store/sql/reply-code.ts';
import type { Prepared, Ready } from './deliver-prepare.ts';
import type { Engine } from './engine.ts';

const TRIES_MAX = 3;

export async function withCodes(engine: Engine, prepared: readonly Prepared[], now: Instant): Promise<Prepared[]> {
  const asking = prepared.filter((one): one is Ready => one.kind === 'ready' && isAnswerable(engine, one));
  if (asking.length === 0) return [...prepared];
  const kept = new Map<Ready, ReplyCode>();
  let left: readonly Ready[] = asking;
  // Whoever has none after that goes without: its links work as well.
  for (let tries = 1; left.length > 0 && tries <= TRIES_MAX; tries++) {
    const own = left;
    const made = await engine.database.transaction(ENGINE, async (tx) => {
      const codes = codesFor(own, await codesAt(tx, own.map(placeOf)), now);
      const theirs = await keepCodes(tx, [...new Set(codes.values())], now);
      return [...codes].filter(([, code]) => theirs.has(code));
    });
    for (const [one, code] of made) kept.set(one, code);
    left = own.filter((one) => !kept.has(one));
  }
  return prepared.map((one) => (one.kind === 'ready' ? coded(one, kept.get(one)) : one));
}

/** Somebody can be reached by a sender that hears what is written back, and has something to answer. */
function isAnswerable({ connections }: Engine, { row, envelope, followUp }: Ready): boolean {
  if (row.channel !== 'sms' || !isLive(followUp.status) || envelope.address === null) return false;
  if (codedActions(envelope.content.actions ?? []).length === 0) return false;
  const { address } = envelope;
  return connections.of(row.tenant, row.channel).some((one) => one.senderTo?.(address).takesAnswers === true);
}

const placeOf = ({ row, envelope }: Ready) => ({
  tenant: row.tenant,
  address: normalAddress('sms', envelope.address ?? ''),
});
const keyOf = ({ tenant, address }: { readonly tenant: string; readonly address: string }): string =>
  `${tenant}\n${address}`;

/** The number each has, or the lowest that is free; the same one for all messages of a follow-up to its reader. */
export function codesFor(
  asking: readonly Ready[],
  known: readonly ReplyCode[],
  now: Instant,
): ReadonlyMap<Ready, ReplyCode> {
  const byPlace = Map.groupBy(known, keyOf);
  const made = new Map<Ready, ReplyCode>();
  for (const one of asking) {
    const place = placeOf(one);
    const there = byPlace.get(keyOf(place)) ?? [];
    const own = there.find(
      ({ followUp, recipient }) => followUp === one.followUp.id && recipient === one.row.recipient,
    );
    const number = own?.number ?? freeNumber(there, now);
    if (number === null) continue;
    const offered = codedActions(one.envelope.content.actions ?? []).map(({ name }) => name);
    const code: ReplyCode = {
      ...place,
      number,
      followUp: one.followUp.id,
      recipient: one.row.recipient,
      message: one.row.id,
      // A digit goes on meaning what it meant in the messages before.
      actions: [...new Set([...(own?.actions ?? []), ...offered])],
      sentAt: now,
    };
    byPlace.set(keyOf(place), [...there.filter((other) => other.number !== number), code]);
    for (const [before, earlier] of made) if (earlier === own) made.set(before, code);
    made.set(one, code);
  }
  return made;
}

function freeNumber(there: readonly ReplyCode[], now: Instant): number | null {
  const taken = new Set(
    there.filter(({ sentAt }) => sentAt >= now - NUMBER_KEPT_DAYS * DAY_MS).map((one) => one.number),
  );
  for (let number = 1; number <= CODE_NUMBERS_MAX; number++) if (!taken.has(number)) return number;
  return null;
}

function coded(one: Ready, code: ReplyCode | undefined): Ready {
  if (code === undefined) return one;
  const { envelope } = one;
  const { content } = envelope;
  const offered = codedActions(content.actions ?? []).flatMap((action) => {
    const digit = code.actions.indexOf(action.name) + 1;
    return digit >= 1 && digit <= 9 ? [{ ...action, digit }] : [];
  });
  const lines = offered.length === 0 ? [] : codeLines(code.number, offered, envelope.locale);
  return { ...one, envelope: { ...envelope, content: { ...content, codeLines: lines } } };
}

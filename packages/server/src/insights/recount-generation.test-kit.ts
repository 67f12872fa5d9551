// What the raw rows say of each generation of a follow-up, in the words of docs/guide/metrics.md: when it opened, which day that was, how
// it ended, which stages ran, and what became of each message. Shares nothing with what counts figures.
import { messageId } from '@relance/core';
import type { Engagement, LineRow, MessageRow, Seen } from './recount-rows.test-kit.ts';

export interface Generation {
  readonly followUp: string;
  readonly number: number;
  readonly policy: string;
  /** Of the policy by which it goes. */
  readonly version: number;
  readonly team: string | null;
  readonly level: number;
  readonly openedAt: number;
  /** In the tenant's zone. */
  readonly day: string;
  readonly status: string;
  readonly closedAt: number | null;
  readonly waitsFor: string | null;
  readonly ran: readonly string[];
  readonly resolvedAfter: string | null;
  readonly lines: readonly LineRow[];
  readonly messages: readonly Sent[];
}

export interface Sent {
  readonly row: MessageRow;
  readonly generation: Generation;
  /** Of what it went in, where it went in another. */
  readonly fate: string;
  readonly isMerged: boolean;
  readonly hasPicture: boolean;
  readonly hasLinks: boolean;
  readonly opens: readonly Engagement[];
  readonly clicks: readonly Engagement[];
  readonly acts: readonly Engagement[];
  /** business, evening, night or weekend, by its reader's clock. */
  readonly hours: string | null;
}

const known = new WeakMap<Seen, { readonly looks: number; readonly generations: readonly Generation[] }>();

/** Made once for what is seen: it is asked for with every question. */
export function generationsOf(seen: Seen): readonly Generation[] {
  const before = known.get(seen);
  if (before?.looks === seen.looks) return before.generations;
  const lines = Map.groupBy(seen.lines.values(), ({ followUp }) => followUp);
  const messages = Map.groupBy(seen.messages.values(), ({ followUp }) => followUp);
  const generations = [...seen.followUps.keys()].flatMap((id) =>
    ofOne(seen, id, lines.get(id) ?? [], messages.get(id) ?? []),
  );
  known.set(seen, { looks: seen.looks, generations });
  return generations;
}

/** From its opening to the next one. */
function ofOne(
  seen: Seen,
  id: string,
  lines: readonly LineRow[],
  messages: readonly MessageRow[],
): readonly Generation[] {
  const sorted = [...lines].sort((a, b) => a.seq - b.seq);
  const openings = sorted.filter(({ kind }) => kind === 'opened' || kind === 'reopened');
  return openings.map((opening, index) => {
    const next = openings[index + 1];
    const own = sorted.filter(({ seq }) => seq >= opening.seq && (next === undefined || seq < next.seq));
    const told = messages.filter(
      (message) => !message.stage.startsWith('@') && openingOf(message, id, openings) === opening,
    );
    return generationOf(seen, id, { number: index + 1, isNewest: next === undefined, lines: own, messages: told });
  });
}

/** By its id, which is derived (DESIGN §3); where its reader has been erased, and is not known any more, by when it was planned. */
function openingOf(message: MessageRow, id: string, openings: readonly LineRow[]): LineRow | undefined {
  return (
    openings.find((_, index) => messageId({ id, generation: index + 1 }, message) === message.id) ??
    openings.findLast(({ at }, index) => index === 0 || at <= message.plannedAt)
  );
}

interface Own {
  readonly number: number;
  readonly isNewest: boolean;
  readonly lines: readonly LineRow[];
  readonly messages: readonly MessageRow[];
}

function generationOf(seen: Seen, id: string, { number, isNewest, lines, messages }: Own): Generation {
  const followUp = seen.followUps.get(id);
  const opening = seen.openings.get(`${id}/${number}`);
  const [first] = lines;
  if (followUp === undefined || opening === undefined || first === undefined)
    throw new Error(`nobody saw generation ${number} of ${id} open`);
  // The last that ended it counts: what had expired and was done after all is resolved.
  const ending = lines.findLast(({ kind }) => ['resolved', 'cancelled', 'expired'].includes(kind));
  const runs = lines.filter(({ kind, stage }) => kind === 'stage_ran' && stage !== null);
  const before = runs.findLast(({ seq }) => ending !== undefined && seq < ending.seq);
  const generation: Generation & { messages: Sent[] } = {
    followUp: id,
    number,
    policy: followUp.policy,
    version: opening.version,
    team: followUp.team,
    level: lines.findLast(({ kind }) => kind === 'escalated')?.level ?? 0,
    openedAt: first.at,
    day: dayIn(opening.zone, first.at),
    status: ending?.kind ?? 'open',
    closedAt: ending?.at ?? null,
    waitsFor: isNewest ? followUp.waits : null,
    ran: [...new Set(runs.map(({ stage }) => stage ?? ''))],
    resolvedAfter: ending?.kind === 'resolved' ? (before?.stage ?? null) : null,
    lines,
    messages: [],
  };
  generation.messages = messages.map((row) => sentOf(seen, generation, row));
  return generation;
}

function sentOf({ messages, carriers, clocks }: Seen, generation: Generation, row: MessageRow): Sent {
  // With a carrier that came back it bounced itself, and has gone in it all the same.
  const isMerged = row.carrier !== null;
  const carrier = carriers.get(row.id) ?? messages.get(row.carrier ?? '');
  if (isMerged && carrier === undefined) throw new Error(`nobody saw what message ${row.id} went in`);
  const did = (kind: string, of: readonly Engagement[] = row.engagement) => of.filter((one) => one.kind === kind);
  const clock = clocks.get(row.id);
  return {
    row,
    generation,
    fate: row.status === 'merged' ? (carrier?.status ?? '') : row.status,
    isMerged,
    // The picture is that of the mail it went in; its links are its own.
    hasPicture: [1, 3].includes((carrier ?? row).watched ?? 0),
    hasLinks: [2, 3].includes(row.watched ?? 0),
    opens: [...did('opened'), ...did('read'), ...did('opened', carrier?.engagement ?? [])],
    clicks: did('clicked'),
    acts: did('acted'),
    hours: row.sentAt === null || clock === undefined ? null : hoursIn(clock, row.sentAt),
  };
}

const partsOf = (zone: string, at: number): Readonly<Record<string, string>> =>
  Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
const formats = new Map<string, Intl.DateTimeFormat>();
function formatOf(zone: string): Intl.DateTimeFormat {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      weekday: 'short',
      hourCycle: 'h23',
    });
  formats.set(zone, format);
  return format;
}

export function dayIn(zone: string, at: number): string {
  const { year, month, day } = partsOf(zone, at);
  return `${year}-${month}-${day}`;
}

/** Monday to Friday 8 to 18 and 18 to 22, every night 22 to 8, Saturday and Sunday 8 to 22. */
function hoursIn(zone: string, at: number): string {
  const { hour, weekday } = partsOf(zone, at);
  if (Number(hour) >= 22 || Number(hour) < 8) return 'night';
  if (weekday === 'Sat' || weekday === 'Sun') return 'weekend';
  return Number(hour) < 18 ? 'business' : 'evening';
}

// A simulation as people read it: one line for each thing that happens, at the local time of whom it happens to, and what
// came of it all at the end.
import { fromRfc3339, type Instant, REASONS, type WireSimulation, wallTime } from '@relance/core';

type Item = WireSimulation['items'][number];

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const MOMENT = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z/g;

export function linesOf(simulation: WireSimulation): readonly string[] {
  const zoneOf = zonesOf(simulation);
  const rows = simulation.items.map((item) => {
    const zone = zoneOf(item);
    const text = item.text.replace(MOMENT, (moment) => local(fromRfc3339(moment) as Instant, zone));
    return [
      local(fromRfc3339(item.at) as Instant, zone),
      zone,
      item.stage ?? '',
      item.recipient ?? '',
      item.channel ?? '',
      text,
    ];
  });
  return [
    ...table(rows),
    '',
    summaryOf(simulation, zoneOf(undefined)),
    ...(simulation.report === null ? [] : reportOf(simulation.report)),
    ...(simulation.invented.length === 0
      ? []
      : [`Invented, because nobody knows them here: ${simulation.invented.join(', ')}.`]),
    ...simulation.notes,
  ];
}

/** Where whoever an item is about is: the recipient, else the person who acts, else the assignee. */
function zonesOf({ people, followUp }: WireSimulation): (item: Item | undefined) => string {
  const zones = new Map(people.map(({ id, timeZone }) => [id, timeZone]));
  const known = (id: string | null | undefined): string | undefined => (id == null ? undefined : zones.get(id));
  return (item) =>
    known(item?.recipient) ?? known(item?.actor) ?? known(followUp.assignee) ?? people[0]?.timeZone ?? 'UTC';
}

/** `Mon 2026-11-02 09:00`. */
function local(at: Instant, zone: string): string {
  const { date, time, weekday } = wallTime(at, zone);
  return `${WEEKDAYS[weekday - 1]} ${date} ${time}`;
}

/** Columns as wide as what stands in them; the last as long as it is. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .filter((_, column) => (widths[column] ?? 0) > 0)
      .join('  '),
  );
}

const plural = (count: number, noun: string, nouns = `${noun}s`): string => `${count} ${count === 1 ? noun : nouns}`;
const counted = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

function summaryOf({ policy, items, outcome, alarms, truncated }: WireSimulation, zone: string): string {
  const sent = items.filter(({ kind }) => kind === 'message_sent');
  const people = new Set(sent.map(({ recipient }) => recipient)).size;
  const byChannel: Record<string, number> = {};
  for (const { channel = 'group' } of sent) byChannel[channel] = (byChannel[channel] ?? 0) + 1;
  const messages =
    sent.length === 0
      ? 'no message'
      : `${plural(sent.length, 'message')} to ${plural(people, 'person', 'people')} (${counted(byChannel)})`;
  const told = alarms.length === 0 ? '' : `, ${plural(alarms.length, 'alarm')}`;
  const when = local(fromRfc3339(outcome.endedAt) as Instant, zone);
  return `${policy.id}: ${messages}${told}; ${endOf(outcome, truncated)}, ${when} ${zone}.`;
}

function endOf({ status, outcome, end, waitsFor }: WireSimulation['outcome'], truncated: boolean): string {
  if (truncated) return 'cut here, because it goes on for too long';
  if (end === 'until') return `still ${status} at the end`;
  if (end === 'closed') return outcome === null ? status : `${status} as "${outcome}"`;
  return `it stays ${status}: ${waitsFor === null ? 'nothing more happens by the clock' : REASONS[waitsFor]}`;
}

const percent = (share: number): string => `${Math.round(share * 1000) / 10}%`;

function reportOf(report: NonNullable<WireSimulation['report']>): readonly string[] {
  const { runs, seed, ends, messages, escalated, firstResponse, resolution } = report;
  const share = Object.entries(ends).filter(([, count]) => count > 0);
  const spread = (name: string, of: typeof firstResponse): readonly string[] =>
    of === null
      ? []
      : [
          `${name}: in ${percent(of.n / runs)} of the runs; median ${long(of.median)}, 90% within ${long(of.p90)}, at most ${long(of.max)}.`,
        ];
  return [
    '',
    `${plural(runs, 'run')} with seed ${seed}: ${share.map(([name, count]) => `${name} ${percent(count / runs)}`).join(', ')}; escalated ${percent(escalated)}.`,
    `Messages a run: median ${messages.median}, 90% at most ${messages.p90}, at most ${messages.max}; ${counted(messages.byChannel)}; by stage: ${counted(messages.byStage)}.`,
    ...spread('First response', firstResponse),
    ...spread('Resolved', resolution),
  ];
}

/** `3 days 4 hours`, `2 hours 5 minutes`: the two largest units. */
function long(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  const parts = [
    plural(Math.floor(minutes / 1_440), 'day'),
    plural(Math.floor((minutes % 1_440) / 60), 'hour'),
    plural(minutes % 60, 'minute'),
  ].filter((part) => !part.startsWith('0 '));
  return parts.slice(0, 2).join(' ') || '0 minutes';
}

// A schedule as weeks on which one sees who is on call when: a line for each level, everybody in a colour of their own, gaps and
// overrides marked. What is drawn is said in words below it, for whoever does not see it and for small screens.
import { Button, Group, Stack, Table, Text } from '@mantine/core';
import { People } from '../../people.tsx';
import { News } from '../../shell/news.tsx';
import { Word } from '../follow-up/standing.tsx';
import {
  type Compiled,
  type Day,
  dateIn,
  daysOf,
  type Piece,
  piecesBetween,
  stepped,
  type View,
  weeksOf,
} from './span.ts';
import { dateText, dayText, monthText, zonedText } from './zoned.ts';
import './calendar.css';

const COLORS = 8;

interface Props {
  readonly schedule: Compiled;
  /** Everybody whom it names, in their order, which gives them their colours. */
  readonly people: readonly string[];
  readonly isKnown: (recipient: string) => boolean;
  /** Of the server's clock. */
  readonly now: number;
  readonly view: View;
  readonly date: string;
  readonly change: (changed: { readonly view?: View; readonly date?: string }) => void;
}

export function ScheduleCalendar({ schedule, people, isKnown, now, view, date, change }: Props) {
  const { zone } = schedule;
  const weeks = weeksOf(view, date).map((monday) => {
    const days = daysOf(monday, zone);
    return { monday, days, ...edges(days) };
  });
  const colorOf = (recipient: string): number => Math.max(0, people.indexOf(recipient)) % COLORS;
  const whole = edges(weeks.flatMap(({ days }) => days));
  const pieces = piecesBetween(schedule, whole.from, whole.to, isKnown);
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="sm">
        <Text fw={600} role="status">
          {view === 'month' ? monthText(date) : `Week of ${dateText(weeks[0]?.monday ?? date)}`}
        </Text>
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={() => change({ date: stepped(view, date, -1) })}>
            Earlier
          </Button>
          <Button size="xs" variant="default" onClick={() => change({ date: dateIn(now, zone) })}>
            Today
          </Button>
          <Button size="xs" variant="default" onClick={() => change({ date: stepped(view, date, 1) })}>
            Later
          </Button>
          <Button size="xs" variant="default" onClick={() => change({ view: view === 'week' ? 'month' : 'week' })}>
            {view === 'week' ? 'Month' : 'Week'}
          </Button>
        </Group>
      </Group>
      <Gaps pieces={pieces.get(1) ?? []} zone={zone} />
      <div className={`weeks ${view}`} aria-hidden="true">
        {weeks.map(({ monday, days, from, to }) => (
          <Week
            key={monday}
            days={days}
            now={now}
            lines={piecesBetween(schedule, from, to, isKnown)}
            colorOf={colorOf}
            month={view === 'month' ? date.slice(0, 7) : null}
          />
        ))}
      </div>
      <Text size="xs" c="dimmed">
        By the clocks of {zone}. Hatched: nobody is on call. With a dashed edge: an override.
      </Text>
      <InWords key={`${view} ${date}`} pieces={[...pieces.values()].flat()} zone={zone} open={view === 'week'} />
    </Stack>
  );
}

const edges = (days: readonly Day[]) => {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) throw new Error('A view has days.');
  return { from: first.begins, to: last.ends };
};

function Gaps({ pieces, zone }: { readonly pieces: readonly Piece[]; readonly zone: string }) {
  const gaps = pieces.filter(({ kind }) => kind === 'gap');
  const [first] = gaps;
  if (first === undefined) return null;
  const more = gaps.length === 1 ? '' : `, and ${gaps.length - 1} more ${gaps.length === 2 ? 'time' : 'times'}`;
  return (
    <News kind="warning" title="Nobody is on call">
      From {zonedText(first.from, zone)} to {zonedText(first.until, zone)}
      {more}. What asks for this schedule then goes to the policy’s fallback, with an alarm.
    </News>
  );
}

interface WeekProps {
  readonly days: readonly Day[];
  readonly now: number;
  readonly lines: ReadonlyMap<number, readonly Piece[]>;
  readonly colorOf: (recipient: string) => number;
  /** Days of other months are paler. */
  readonly month: string | null;
}

function Week({ days, now, lines, colorOf, month }: WeekProps) {
  const { from, to } = edges(days);
  const part = (begins: number, ends: number): string => `${((ends - begins) / (to - from)) * 100}%`;
  return (
    <div className="week-drawn">
      <div className="week-days">
        {days.map(({ date, begins, ends }) => (
          <span
            key={date}
            className={month !== null && !date.startsWith(month) ? 'other-month' : undefined}
            style={{ width: part(begins, ends) }}
          >
            {dayText(date)}
          </span>
        ))}
      </div>
      <div className="week-lines">
        {days.slice(1).map(({ date, begins }) => (
          <i key={date} className="midnight" style={{ left: part(from, begins) }} />
        ))}
        {[...lines].map(([level, pieces]) => (
          <div key={level} className="level-line">
            {pieces.map((piece) => (
              <span
                key={piece.from}
                className={`piece ${piece.kind} ${piece.kind === 'gap' ? '' : `person-${colorOf(piece.recipients[0] ?? '')}`}`}
                style={{ left: part(from, piece.from), width: part(piece.from, piece.until) }}
              >
                {piece.kind === 'gap' ? 'Nobody' : <People ids={piece.recipients} />}
              </span>
            ))}
          </div>
        ))}
        {now >= from && now < to && <i className="now-line" style={{ left: part(from, now) }} />}
      </div>
    </div>
  );
}

interface WordsProps {
  readonly pieces: readonly Piece[];
  readonly zone: string;
  readonly open: boolean;
}

function InWords({ pieces, zone, open }: WordsProps) {
  const levels = new Set(pieces.map(({ level }) => level)).size;
  return (
    <details open={open}>
      <Text component="summary" size="sm" fw={600}>
        In words
      </Text>
      <Table className="in-words" mt="xs" aria-label="Who is on call">
        <Table.Thead>
          <Table.Tr>
            {levels > 1 && <Table.Th>Level</Table.Th>}
            <Table.Th>Who</Table.Th>
            <Table.Th>From</Table.Th>
            <Table.Th>To</Table.Th>
            <Table.Th visibleFrom="sm">Because of</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {pieces.map((piece) => (
            <Table.Tr key={`${piece.level} ${piece.from}`}>
              {levels > 1 && <Table.Td>{piece.level}</Table.Td>}
              <Table.Td>
                {piece.kind === 'gap' ? <Word color="orange">Nobody</Word> : <People ids={piece.recipients} />}
              </Table.Td>
              <Table.Td>{zonedText(piece.shift.from, zone)}</Table.Td>
              <Table.Td>{zonedText(piece.shift.until, zone)}</Table.Td>
              <Table.Td visibleFrom="sm">
                {piece.kind === 'override' ? `the override ${piece.sourceId}` : (piece.sourceId ?? 'a gap')}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </details>
  );
}

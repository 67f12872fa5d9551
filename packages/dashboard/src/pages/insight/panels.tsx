// The charts of the figures that are counts and shares: by day, what became of messages, by level of escalation, by the hours at
// which people were interrupted, and by policy. How long things take is curve-panel.tsx, the way through the stages funnel.tsx.
import type { MessageFigures, MetricQuestion, MetricRow, Metrics } from '@relance/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { countText, dateText, durationText, NONE, numbered, shareOf, shareText } from '../../figure-text.ts';
import { type Bar, Bars } from './bars.tsx';
import { ChartPanel, NotDrawn, type Table } from './chart-panel.tsx';
import { columnsOf, DayChart } from './day-chart.tsx';
import { figuresCsv, figuresQuery } from './insight-query.ts';
import type { InsightSearch } from './insight-search.ts';

interface Drawn {
  readonly says: string;
  readonly table: Table;
  readonly chart: ReactNode;
}

interface Props {
  readonly title: string;
  readonly question: MetricQuestion;
  readonly groupBy?: string;
  readonly search: InsightSearch;
  readonly draw: (figures: Metrics) => Drawn;
}

export function FigurePanel({ title, question, groupBy, search, draw }: Props) {
  const queries = useQueryClient();
  const of = useQuery(figuresQuery(question, search, groupBy));
  const { data } = of;
  if (data === undefined) return <NotDrawn title={title} of={of} />;
  const { says, table, chart } = draw(data);
  const csv = () => figuresCsv(queries, question, search, groupBy);
  return (
    <ChartPanel title={title} says={says} table={table} of={of} file={{ name: fileOf(title), csv, json: data }}>
      {chart}
    </ChartPanel>
  );
}

const fileOf = (title: string): string => title.toLowerCase().replaceAll(' ', '-');

export function drawDays(figures: Metrics): Drawn {
  const { columns, weekly } = columnsOf(figures);
  const total = columns.reduce((sum, { counts }) => sum + Object.values(counts).reduce((a, b) => a + b, 0), 0);
  const each = weekly ? 'week' : 'day';
  const says = `${numbered(total, 'follow-up')} opened from ${dateText(figures.from)} to ${dateText(figures.to)}, by the ${each} on which ${total === 1 ? 'it' : 'they'} opened, and what has become of ${total === 1 ? 'it' : 'them'} by now.`;
  return {
    says,
    chart: <DayChart columns={columns} says={says} />,
    table: {
      head: [weekly ? 'Week from' : 'Day', 'Resolved', 'Still open', 'Expired', 'Cancelled'],
      rows: columns.map(({ day, counts: { resolved, open, expired, cancelled } }) => [
        dateText(day),
        ...[resolved, open, expired, cancelled].map(countText),
      ]),
    },
  };
}

const rateOf = (share: number | null): Pick<Bar, 'share' | 'value'> => ({ share: share ?? 0, value: shareText(share) });

/** `all` in one row, and beside it the channels. */
export const drawMessages =
  (all: MetricRow) =>
  (figures: Metrics): Drawn => {
    const tells = all.openRate !== null;
    const opened = tells
      ? `${shareText(all.openRate)} of those that can tell were opened, ${shareText(all.openRateHuman)} when programs that open every mail are left out`
      : 'whether they were opened, none of them can tell: mails do where tracking is switched on (tracking of relance.yaml), items of the inbox always';
    return {
      says: `${countText(all.accepted)} messages were taken by a provider; ${opened}. ${shareText(all.actedRate)} were answered by a proven response, which is what counts.`,
      chart: (
        <Bars
          label="Rates of messages"
          bars={[
            { name: 'Arrived', note: 'taken, and not come back', ...rateOf(all.deliveryRate) },
            { name: 'Opened', note: 'as it is reported', tone: 'quiet', ...rateOf(all.openRate) },
            { name: 'Opened by people', note: 'without machines', ...rateOf(all.openRateHuman) },
            { name: 'Clicked by people', ...rateOf(all.clickRate) },
            { name: 'Acted upon', note: 'a proven response', ...rateOf(all.actedRate) },
            { name: 'Bounced', tone: 'alarm', ...rateOf(shareOf(all.bounced, all.accepted)) },
          ]}
        />
      ),
      table: {
        head: ['Channel', ...SENT_HEADS, 'Half respond within'],
        rows: [...figures.rows.map((row) => messageRow(row.channel ?? '', row)), messageRow('All', all)],
      },
    };
  };

/** Of a table: what was tried, taken, arrived and came back; what was opened, and by people, clicked and acted upon. */
export const SENT_HEADS = ['Tried', 'Taken', 'Arrived', 'Bounced', 'Opened', 'By people', 'Clicked', 'Acted'] as const;
export const sentCells = (row: MessageFigures): readonly string[] => [
  countText(row.messages),
  countText(row.accepted),
  shareText(row.deliveryRate),
  shareText(shareOf(row.bounced, row.accepted)),
  shareText(row.openRate),
  shareText(row.openRateHuman),
  shareText(row.clickRate),
  shareText(row.actedRate),
];

const messageRow = (name: string, row: MetricRow): readonly string[] => [
  name,
  ...sentCells(row),
  durationText(row.responseTime.p50),
];

export function drawLevels(figures: Metrics): Drawn {
  const rows = figures.rows;
  const total = rows.reduce((sum, { followUps }) => sum + followUps, 0);
  const escalated = rows.find(({ level = 0 }) => level > 0)?.reached ?? 0;
  const nameOf = (level = 0): string => (level === 0 ? 'Not escalated' : `Level ${level}`);
  return {
    says:
      escalated === 0
        ? 'Nothing of this period had to be escalated.'
        : `${shareText(shareOf(escalated, total))} of what opened was escalated. A bar is how many got at least so far.`,
    chart: (
      <Bars
        label="Levels of escalation"
        bars={rows.map(({ level, followUps, reached = 0 }) => {
          const count = level === 0 ? followUps : reached;
          return {
            name: nameOf(level),
            share: shareOf(count, total) ?? 0,
            tone: level === 0 ? 'quiet' : 'alarm',
            value: countAndShare(count, total),
          };
        })}
      />
    ),
    table: {
      head: ['Level', 'Got so far', 'Share of all', 'No further', 'Resolved', 'Half resolved within'],
      rows: rows.map((row) => [
        nameOf(row.level),
        countText(row.reached ?? 0),
        shareText(row.reachedRate ?? null),
        countText(row.followUps),
        countText(row.resolved),
        durationText(row.timeToResolve.p50),
      ]),
    },
  };
}

export function countAndShare(count: number, whole: number): ReactNode {
  return (
    <>
      {countText(count)} <small>{shareText(shareOf(count, whole))}</small>
    </>
  );
}

const HOURS = [
  ['interruptedBusiness', 'Business hours', 'Mon to Fri, 8 to 18', 'plain'],
  ['interruptedEvening', 'Evening', 'Mon to Fri, 18 to 22', 'quiet'],
  ['interruptedWeekend', 'Weekend', 'Sat and Sun, 8 to 22', 'quiet'],
  ['interruptedNight', 'Night', '22 to 8', 'alarm'],
] as const;

export function drawInterruptions(figures: Metrics): Drawn {
  const row = figures.rows[0];
  const counts = HOURS.map(([key]) => row?.[key] ?? 0);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const outside = total - (counts[0] ?? 0);
  return {
    says:
      total === 0
        ? 'Nobody was interrupted in this period. Messages count here by the clock of whoever got them; an inbox interrupts nobody.'
        : `${numbered(total, 'message')} interrupted somebody, ${shareText(shareOf(outside, total))} of them outside business hours, by the clock of whoever got them.`,
    chart: (
      <Bars
        label="Interruptions by hours"
        bars={HOURS.map(([, name, note, tone], index) => ({
          name,
          note,
          tone,
          share: shareOf(counts[index] ?? 0, total) ?? 0,
          value: countAndShare(counts[index] ?? 0, total),
        }))}
      />
    ),
    table: {
      head: ['Hours', 'Which', 'Messages', 'Share'],
      rows: HOURS.map(([, name, note], index) => [
        name,
        note,
        countText(counts[index] ?? 0),
        shareText(shareOf(counts[index] ?? 0, total)),
      ]),
    },
  };
}

interface Kind {
  readonly label: string;
  readonly column: string;
  readonly one: string;
  readonly many: string;
  readonly nameOf: (row: MetricRow) => string;
}

/** Of those that nobody cancelled. */
const resolvedText = ({ resolved, conversionRate }: MetricRow): string =>
  `${countText(resolved)} resolved${conversionRate === null ? '' : ` (${shareText(conversionRate)})`}`;

const drawOpened =
  ({ label, column, one, many, nameOf }: Kind) =>
  (figures: Metrics): Drawn => {
    const rows = figures.rows.toSorted((a, b) => b.followUps - a.followUps);
    const most = rows[0]?.followUps ?? 0;
    return {
      says: `${numbered(rows.length, one, many)} opened something in this period. A bar and the number at its end are what opened; the full part of the bar is what is resolved of it.`,
      chart: (
        <Bars
          label={label}
          bars={rows.map((row) => ({
            name: nameOf(row),
            note: `${resolvedText(row)}${row.timeToResolve.p50 === null ? '' : `, half within ${durationText(row.timeToResolve.p50)}`}`,
            share: shareOf(row.followUps, most) ?? 0,
            part: shareOf(row.resolved, row.followUps) ?? 0,
            value: countText(row.followUps),
          }))}
        />
      ),
      table: {
        head: [
          column,
          'Opened',
          'Resolved',
          'Conversion',
          'Escalated',
          'Promises kept',
          'Expired',
          'Exhausted',
          'Nobody reached',
          'Half within',
        ],
        rows: rows.map((row) => [
          nameOf(row),
          countText(row.followUps),
          countText(row.resolved),
          shareText(row.conversionRate),
          shareText(row.escalationRate),
          shareText(row.commitmentKeptRate),
          shareText(row.expiredRate),
          shareText(row.exhaustedRate),
          shareText(row.unreachedRate),
          durationText(row.timeToResolve.p50),
        ]),
      },
    };
  };

export const drawPolicies = drawOpened({
  label: 'Policies',
  column: 'Policy',
  one: 'policy',
  many: 'policies',
  nameOf: ({ policy }) => policy ?? NONE,
});
export const drawTeams = drawOpened({
  label: 'Teams',
  column: 'Team',
  one: 'team',
  many: 'teams',
  nameOf: ({ team }) => team ?? 'No team',
});

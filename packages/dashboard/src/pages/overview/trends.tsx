// The four figures of the last thirty days, each with how it went day by day: what the overview shows of Insight, where the rest is.
import { Paper, SimpleGrid, Text } from '@mantine/core';
import type { MetricRow, Metrics } from '@relance/client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { durationText, shareText, shortDateText } from '../../figure-text.ts';
import { Read } from '../../shell/read.tsx';
import { figuresQuery } from '../insight/insight-query.ts';
import { lineOf } from './spark-line.ts';

interface Figure {
  readonly label: string;
  readonly of: (row: MetricRow) => number | null;
  readonly text: (value: number | null) => string;
}

const FIGURES: readonly Figure[] = [
  { label: 'Open rate, without machines', of: ({ openRateHuman }) => openRateHuman, text: shareText },
  { label: 'Median response time', of: ({ responseTime }) => responseTime.p50, text: durationText },
  { label: 'Conversion', of: ({ conversionRate }) => conversionRate, text: shareText },
  { label: 'Escalation rate', of: ({ escalationRate }) => escalationRate, text: shareText },
];

export function Trends() {
  const all = useQuery(figuresQuery('overview', {}));
  const daily = useQuery(figuresQuery('overview', {}, 'day'));
  const row = all.data?.rows[0];
  // Where nothing opened there is nothing to show; that is known only when it has been read.
  if (all.data !== undefined && (row === undefined || row.followUps === 0)) return null;
  const both = {
    data: row === undefined || daily.data === undefined ? undefined : { row, daily: daily.data },
    error: all.error ?? daily.error,
    refetch: () => Promise.all([all.refetch(), daily.refetch()]),
  };
  return (
    <section aria-label="The last 30 days">
      <Read of={both}>
        {(read) => (
          <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }} spacing="sm">
            {FIGURES.map((figure) => (
              <Trend key={figure.label} figure={figure} {...read} />
            ))}
          </SimpleGrid>
        )}
      </Read>
    </section>
  );
}

const WIDTH = 120;
const HEIGHT = 34;

function Trend({ figure, row, daily }: { readonly figure: Figure; readonly row: MetricRow; readonly daily: Metrics }) {
  const { label, of, text } = figure;
  const points = daily.rows.flatMap((one) => {
    const value = of(one);
    return one.day === undefined || value === null ? [] : [{ day: one.day, value }];
  });
  const first = points[0];
  const last = points.at(-1);
  const went =
    first === undefined || last === undefined || first === last
      ? ''
      : `From ${text(first.value)} for what opened on ${shortDateText(first.day)} to ${text(last.value)} on ${shortDateText(last.day)}.`;
  return (
    <Link to="/insight" className="count-link">
      <Paper withBorder p="sm" className="count trend">
        <Text component="span" size="sm">
          {label}
        </Text>
        <span className="trend-figure">
          <strong>{text(of(row))}</strong>
          <svg
            width={WIDTH}
            height={HEIGHT}
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            role="img"
            aria-label={went || 'Too few days for a line.'}
          >
            {went !== '' && <title>{went}</title>}
            <path d={lineOf(points, daily, { width: WIDTH, height: HEIGHT })} />
          </svg>
        </span>
        <Text component="span" size="xs" c="dimmed">
          last 30 days
        </Text>
      </Paper>
    </Link>
  );
}

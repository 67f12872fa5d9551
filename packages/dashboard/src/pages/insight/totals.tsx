// What became of all of them, in a number each with the share that it is.
import { Paper } from '@mantine/core';
import type { MetricRow } from '@relance/client';
import { countText, durationText, NONE, shareOf, shareText } from '../../figure-text.ts';

interface Tile {
  readonly label: string;
  readonly value: string;
  readonly note: string;
}

export function Totals({ row }: { readonly row: MetricRow }) {
  return (
    <section className="tiles" aria-label="What became of them">
      {tilesOf(row).map(({ label, value, note }) => (
        <Paper key={label} withBorder p="sm" className="tile">
          <span>{label}</span>
          <strong>{value}</strong>
          <small>{note}</small>
        </Paper>
      ))}
    </section>
  );
}

function tilesOf(row: MetricRow): readonly Tile[] {
  const { followUps, open, cancelled } = row;
  const ofAll = (count: number): string => `${shareText(shareOf(count, followUps))} of those opened`;
  return [
    {
      label: 'Opened',
      value: countText(followUps),
      note: `${countText(open)} still open, ${countText(cancelled)} cancelled`,
    },
    {
      label: 'Resolved',
      value: shareText(row.conversionRate),
      note: `${countText(row.resolved)} of ${countText(followUps - cancelled)} that nobody cancelled`,
    },
    {
      label: 'Time to resolve',
      value: durationText(row.timeToResolve.p50),
      note: row.timeToResolve.p50 === null ? 'fewer than half are resolved' : 'half of them, the open ones counted',
    },
    {
      label: 'Escalated',
      value: shareText(row.escalationRate),
      note: `${countText(row.escalated)} reached an escalation`,
    },
    { label: 'Expired', value: countText(row.expired), note: ofAll(row.expired) },
    { label: 'Exhausted', value: countText(row.exhausted), note: 'every stage has run, nobody acted' },
    { label: 'Nobody reached', value: countText(row.unreached), note: 'had nobody to tell, nor a fallback' },
    {
      label: 'Messages',
      value: countText(row.accepted - row.merged),
      note: row.accepted === 0 ? NONE : `${countText(row.merged)} more went in another`,
    },
  ];
}

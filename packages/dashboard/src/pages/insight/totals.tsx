// What became of all of them, in a number each with the share that it is.
import { Paper } from '@mantine/core';
import type { MetricRow } from '@relance/client';
import { countText, durationText, NONE, numbered, shareText } from '../../figure-text.ts';

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

function notedOf({ accepted, merged }: MetricRow): string {
  if (accepted === 0) return NONE;
  return merged === 0 ? 'each by itself' : `${numbered(merged, 'more item')} went in these, as digests`;
}

function tilesOf(row: MetricRow): readonly Tile[] {
  const { followUps, open, cancelled } = row;
  const ahead = row.commitments - row.commitmentsKept - row.commitmentsMissed;
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
      label: 'Time to respond',
      value: durationText(row.responseTime.p50),
      note:
        row.responseTime.p50 === null
          ? 'fewer than half were responded to'
          : 'half of the messages that asked somebody',
    },
    {
      label: 'Escalated',
      value: shareText(row.escalationRate),
      note: `${countText(row.escalated)} reached an escalation`,
    },
    {
      label: 'Promises kept',
      value: shareText(row.commitmentKeptRate),
      note:
        row.commitments === 0
          ? 'nobody has promised a date'
          : `${countText(row.commitmentsKept)} kept, ${countText(row.commitmentsMissed)} missed, ${countText(ahead)} ahead`,
    },
    { label: 'Expired', value: shareText(row.expiredRate), note: `${countText(row.expired)} ran out of time` },
    {
      label: 'Exhausted',
      value: shareText(row.exhaustedRate),
      note: `${countText(row.exhausted)} still open, every stage has run`,
    },
    {
      label: 'Nobody reached',
      value: shareText(row.unreachedRate),
      note: `${countText(row.unreached)} had nobody to tell, nor a fallback`,
    },
    {
      label: 'Messages',
      value: countText(row.accepted - row.merged),
      note: notedOf(row),
    },
    {
      label: 'Opened by people',
      value: shareText(row.openRateHuman),
      note: row.openRate === null ? 'none of them can tell' : `${shareText(row.openRate)} with machines`,
    },
    { label: 'Acted upon', value: shareText(row.actedRate), note: 'answered by a proven response' },
  ];
}

// What a policy does when it is played: how follow-ups end, how much is sent, how long people take, what waits for its hour, and one
// of them from beginning to end.
import { Alert, Anchor, Stack, Text } from '@mantine/core';
import type { SimulationReport, WireSimulation } from '@relance/core';
import { type ReactNode, useState } from 'react';
import { durationText, numberText, shareText } from '../../figure-text.ts';
import { Moment } from '../../moment.tsx';
import { Coded } from './coded.tsx';
import type { Played } from './desk.ts';

const LINES_FIRST = 12;
const ENDS: Readonly<Record<keyof SimulationReport['ends'], string>> = {
  resolved: 'resolved',
  cancelled: 'cancelled',
  expired: 'expired',
  exhausted: 'every stage ran and nobody acted',
  open: 'still going on when it was cut',
};
const HELD: Readonly<Record<string, string>> = {
  quiet_hours: 'for quiet hours',
  window: 'for a window',
  calendar: 'for business hours',
  paused: 'for a pause of the reader',
  digest: 'for a digest',
  budget: 'for the budget',
};

export function Report({ played }: { readonly played: Played }) {
  const { simulation, held } = played;
  const { report, notes, alarms, invented } = simulation;
  return (
    <Stack gap="sm" role="region" aria-label="What came of it">
      {report !== null && <Numbers report={report} held={held} />}
      {alarms.length > 0 && (
        <Alert color="red" variant="light" title={alarms.length === 1 ? 'It raises an alarm' : 'It raises alarms'}>
          {[...new Set(alarms.map(({ text }) => text))].map((text) => (
            <Text size="sm" key={text}>
              <Coded>{text}</Coded>
            </Text>
          ))}
        </Alert>
      )}
      {notes.map((note) => (
        <Text size="sm" key={note} c="dimmed">
          <Coded>{note}</Coded>
        </Text>
      ))}
      {invented.length > 0 && (
        <Text size="sm" c="dimmed">
          Not among your people, so somebody stands in: {invented.join(', ')}.
        </Text>
      )}
      <Story simulation={simulation} />
    </Stack>
  );
}

function Numbers({ report, held }: { readonly report: SimulationReport; readonly held: Played['held'] }) {
  const { runs, ends, escalated, messages, firstResponse, resolution } = report;
  const one = (of: { readonly median: number; readonly p90: number } | null): ReactNode =>
    of === null
      ? 'never'
      : runs === 1
        ? durationText(of.median)
        : `${durationText(of.median)}, 9 of 10 within ${durationText(of.p90)}`;
  const waits = Object.values(held).reduce((sum, count) => sum + count, 0);
  return (
    <>
      <div className="numbers">
        <Figure name="Messages each" number={numberText(messages.total / Math.max(1, runs))}>
          {runs === 1 ? '' : `median ${messages.median}, most ${messages.max}`}
        </Figure>
        <Figure name="Resolved" number={shareText(ends.resolved / Math.max(1, runs))}>
          {endsText(ends, runs)}
        </Figure>
        <Figure name="Escalated" number={shareText(escalated)}>
          of {runs} {runs === 1 ? 'run' : 'runs'}
        </Figure>
        <Figure name="Held back" number={numberText(waits / Math.max(1, runs))}>
          {waits === 0 ? 'nothing waits for its hour' : heldText(held)}
        </Figure>
      </div>
      <dl className="facts">
        <Fact name="First response">{one(firstResponse)}</Fact>
        <Fact name="Until it is resolved">{one(resolution)}</Fact>
        <Fact name="By channel">
          <Bars counts={messages.byChannel} runs={runs} />
        </Fact>
        <Fact name="By stage">
          <Bars counts={messages.byStage} runs={runs} />
        </Fact>
      </dl>
    </>
  );
}

const endsText = (ends: SimulationReport['ends'], runs: number): string => {
  const others = (Object.keys(ENDS) as (keyof typeof ENDS)[]).filter((end) => end !== 'resolved' && ends[end] > 0);
  return others.map((end) => (runs === 1 ? ENDS[end] : `${ends[end]}: ${ENDS[end]}`)).join('; ');
};
const heldText = (held: Played['held']): string =>
  Object.keys(held)
    .map((reason) => HELD[reason] ?? `for ${reason.replaceAll('_', ' ')}`)
    .join(', ');

interface FigureProps {
  readonly name: string;
  readonly number: string;
  readonly children: ReactNode;
}
const Figure = ({ name, number, children }: FigureProps) => (
  <div className="figure">
    <Text component="span" size="xs" className="figure-name">
      {name}
    </Text>
    <span className="figure-number">{number}</span>
    <Text component="span" size="xs" c="dimmed">
      {children}
    </Text>
  </div>
);
const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <div className="fact">
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

/** Of each follow-up; the longest bar is the most. */
function Bars({ counts, runs }: { readonly counts: Readonly<Record<string, number>>; readonly runs: number }) {
  const all = Object.entries(counts);
  const most = Math.max(1, ...all.map(([, count]) => count));
  if (all.length === 0) return 'nothing is sent';
  return (
    <ul className="bars">
      {all.map(([name, count]) => (
        <li key={name}>
          <span>{name}</span>
          <span className="bar" aria-hidden="true">
            <span style={{ width: `${(count / most) * 100}%` }} />
          </span>
          <span className="bar-number">{numberText(count / Math.max(1, runs))}</span>
        </li>
      ))}
    </ul>
  );
}

function Story({ simulation: { items, report, outcome } }: { readonly simulation: WireSimulation }) {
  const [all, setAll] = useState(false);
  const shown = all ? items : items.slice(0, LINES_FIRST);
  return (
    <section aria-label="One of them">
      <Text fw={600} size="sm" mb={6}>
        {report !== null && report.runs > 1 ? 'One of them, step by step' : 'Step by step'}
      </Text>
      <ol className="timeline">
        {shown.map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line's place is all that tells it from another.
          <li className={`line ${item.kind === 'alarm' ? 'bad' : item.kind === 'resolved' ? 'good' : ''}`} key={index}>
            <Text size="xs" c="dimmed" component="div">
              <Moment at={item.at} />
              {item.stage !== undefined && ` · ${item.stage}`}
            </Text>
            <Text size="sm">
              <Coded>{item.text}</Coded>
            </Text>
          </li>
        ))}
      </ol>
      {items.length > shown.length && (
        <Anchor component="button" type="button" size="sm" onClick={() => setAll(true)}>
          Show all {items.length} steps
        </Anchor>
      )}
      {outcome.end === 'truncated' && (
        <Text size="sm" c="dimmed">
          It goes on for longer than is played here.
        </Text>
      )}
    </section>
  );
}

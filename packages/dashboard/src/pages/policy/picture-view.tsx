// A policy as a picture: its stages from the first to the last, each a row with what it does and, on one axis of time for all, when it
// would run and speak in an example in which nobody answers. The rows are a list that says everything; the axis shows it again.
import { Group, Paper, Stack, Text } from '@mantine/core';
import type { PolicyPicture } from '@relance/client';
import { Moment, momentText } from '../../moment.tsx';
import { CHANNEL_NAMES } from '../channels/channel-query.ts';
import { Word } from '../follow-up/standing.tsx';
import { type Axis, axisOf, placeOn } from './axis.ts';

type PictureStage = PolicyPicture['stages'][number];
type Example = PolicyPicture['example'];
type PictureNotice = PictureStage['notices'][number];

const HELD_WORDS: Readonly<Record<string, string>> = {
  window: 'waits for its window',
  quiet_hours: 'waits for the end of quiet hours',
  calendar: 'waits for business hours',
  paused: 'waits for the end of a pause',
  digest: 'waits for a digest',
  budget: 'waits for the budget',
};
/** Under the mark of their run. */
const FIRST_SENT_PX = 28;
const SENT_PX = 18;

export function PictureView({ picture }: { readonly picture: PolicyPicture }) {
  const axis = axisOf(picture);
  const { example } = picture;
  return (
    <Stack gap="md">
      <Beginning picture={picture} />
      {example === null ? (
        <Text size="sm" c="dimmed">
          No example opens it by itself, so it is shown without times: give an event in the simulation.
        </Text>
      ) : (
        <Text size="sm" c="dimmed">
          The times are those of an example: it opens on <Moment at={example.openedAt} />
          {example.dueAt !== null && (
            <>
              , is due on <Moment at={example.dueAt} />
            </>
          )}
          , nobody answers, and everybody is where the policy counts its time ({example.zone}). The axis is stretched
          where much happens.
          {example.end === 'truncated' && ' It goes on for longer than it is played: what comes later is not shown.'}
        </Text>
      )}
      <ol className="stages" aria-label="Stages">
        {axis !== null && example !== null && <Scale axis={axis} picture={picture} />}
        {picture.stages.map((stage) => (
          <StageRow key={stage.id} stage={stage} axis={axis} example={example} />
        ))}
      </ol>
      <Ends picture={picture} />
    </Stack>
  );
}

function Beginning({ picture }: { readonly picture: PolicyPicture }) {
  const { opens, updates, asks, fallback, description } = picture;
  return (
    <Paper withBorder p="md">
      {description !== '' && (
        <Text mb="xs" size="sm">
          {description}
        </Text>
      )}
      <dl className="facts beside">
        <Fact name="Opens on">{opens.length === 0 ? 'nothing but a call of the API' : <Codes all={opens} />}</Fact>
        {updates.length > 0 && (
          <Fact name="Changes on">
            <Codes all={updates} />
          </Fact>
        )}
        <Fact name="Asks">
          <code>{asks}</code>
        </Fact>
        {fallback !== null && (
          <Fact name="Falls back to">
            <code>{fallback}</code>
          </Fact>
        )}
        <Fact name="Urgency">{picture.urgency}</Fact>
        <Fact name="Category">{picture.category}</Fact>
      </dl>
    </Paper>
  );
}

function Ends({ picture: { closes, closing } }: { readonly picture: PolicyPicture }) {
  return (
    <Paper withBorder p="md">
      <dl className="facts beside">
        <Fact name="Ends on">
          {closes.length === 0 ? 'a person’s answer, or a call of the API' : <Codes all={closes} />}
        </Fact>
        {closing.map(({ when, notices }) => (
          <Fact key={when} name={`When ${when}`}>
            {notices.map((notice) => (
              <Notice key={JSON.stringify(notice)} notice={notice} />
            ))}
          </Fact>
        ))}
      </dl>
    </Paper>
  );
}

const Fact = ({ name, children }: { readonly name: string; readonly children: React.ReactNode }) => (
  <div className="fact">
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
const Codes = ({ all }: { readonly all: readonly string[] }) =>
  all.map((one, index) => (
    <span key={one}>
      {index > 0 && ', '}
      <code>{one}</code>
    </span>
  ));

/** Told by the rows already; this is for the eye. */
function Scale({ axis, picture }: { readonly axis: Axis; readonly picture: PolicyPicture }) {
  const { example } = picture;
  const due = example?.dueAt == null ? null : placeOn(axis, example.dueAt);
  return (
    <li className="stage scale" aria-hidden="true">
      <span />
      <div className="ruler">
        {axis.labels.map(({ at, text }) => (
          <span key={at} className="tick" style={{ left: `${at * 100}%` }}>
            {text}
          </span>
        ))}
        {due !== null && (
          <span className="due" style={{ left: `${due * 100}%` }}>
            due
          </span>
        )}
      </div>
    </li>
  );
}

interface StageRowProps {
  readonly stage: PictureStage;
  readonly axis: Axis | null;
  readonly example: Example;
}

function StageRow({ stage, axis, example }: StageRowProps) {
  const { id, role, at, byEvent, when, hours, repeat, urgency, escalates } = stage;
  return (
    <li className="stage">
      <div className="stage-words">
        <Group gap={6}>
          <strong>{id}</strong>
          <Word color={escalates === null ? 'gray' : 'orange'}>{role}</Word>
          {urgency !== null && <Word color={urgency === 'urgent' ? 'red' : 'blue'}>{urgency}</Word>}
        </Group>
        <Text size="sm">
          {byEvent ? 'whenever ' : ''}
          <code>{at}</code>
          {hours.length > 0 && `, ${hours.join(', ')}`}
        </Text>
        {repeat !== null && <Text size="sm">{repeat}</Text>}
        {when !== null && (
          <Text size="sm">
            only if <code>{when}</code>
          </Text>
        )}
        {escalates !== null && (
          <Text size="sm">
            {escalates.mode === 'reassign' ? 'hands it over to ' : 'brings in '}
            <Codes all={escalates.to} />
            {escalates.raise !== null && `, raised to ${escalates.raise}`}
          </Text>
        )}
        {stage.notices.map((notice) => (
          <Notice key={JSON.stringify(notice)} notice={notice} />
        ))}
        {stage.goesOnAcknowledged && (
          <Text size="xs" c="dimmed">
            goes on after an acknowledgement, until it is resolved
          </Text>
        )}
        <Times stage={stage} example={example} />
      </div>
      {axis !== null && <Track stage={stage} axis={axis} />}
    </li>
  );
}

/** Who is told, on which channels, with which words. */
function Notice({ notice: { to, via, template } }: { readonly notice: PictureNotice }) {
  return (
    <Text size="sm" component="div">
      tells <Codes all={to} /> by {via.join(', ')}
      {template !== null && (
        <Text span size="xs" c="dimmed">
          {' '}
          ({template})
        </Text>
      )}
    </Text>
  );
}

function Times({ stage: { runs, runsMore, byEvent }, example }: Omit<StageRowProps, 'axis'>) {
  const [first] = runs;
  if (example === null || byEvent) return null;
  if (first === undefined)
    return example.end === 'truncated' ? null : (
      <Text size="xs" c="dimmed">
        does not run in the example
      </Text>
    );
  const more = runs.length - 1 + runsMore;
  const leaves = first.sent.find(({ at }) => at !== first.at);
  return (
    <Text size="xs" c="dimmed" component="div">
      <Moment at={first.at} />
      {first.heldBy !== null && leaves !== undefined && (
        <>
          , {HELD_WORDS[first.heldBy] ?? 'waits'} until <Moment at={leaves.at} />
        </>
      )}
      {more > 0 && `, then ${more} more${runsMore > 0 ? `, of which ${runs.length - 1} are drawn` : ''}`}
    </Text>
  );
}

/** A hollow mark where a stage is due and waits, a line to where its messages leave, a full mark in the colour of each channel. */
function Track({ stage, axis }: { readonly stage: PictureStage; readonly axis: Axis }) {
  return (
    <div className="track" aria-hidden="true">
      {axis.labels.map(({ at }) => (
        <span key={at} className="line-of-time" style={{ left: `${at * 100}%` }} />
      ))}
      {stage.byEvent && <span className="any-time">at any time</span>}
      {stage.runs.map((run) => {
        const from = placeOn(axis, run.at);
        const to = Math.max(from, ...run.sent.map(({ at }) => placeOn(axis, at)));
        return (
          <span key={run.at}>
            <span className="wait" style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }} />
            <span
              className={run.sent.some(({ at }) => at === run.at) ? 'mark' : 'mark hollow'}
              style={{ left: `${from * 100}%` }}
              title={momentText(run.at, undefined)}
            />
            {run.sent.map(({ channel, at }, index) => (
              <span
                key={channel}
                className={`sent sent-${Object.hasOwn(CHANNEL_NAMES, channel) ? channel : 'other'}`}
                style={{
                  left: `${placeOn(axis, at) * 100}%`,
                  top: FIRST_SENT_PX + index * SENT_PX,
                }}
                title={`${channel}, ${momentText(at, undefined)}`}
              >
                {channel}
              </span>
            ))}
          </span>
        );
      })}
    </div>
  );
}

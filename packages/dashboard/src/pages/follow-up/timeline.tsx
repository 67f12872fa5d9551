// Everything that happened, each step in a sentence, the newest first; what was sent is shown where it was sent.
import { Anchor, Button, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Moment } from '../../moment.tsx';
import { Panel } from '../../shell/panel.tsx';
import { Read } from '../../shell/read.tsx';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { type Line, messageQuery, timelineQuery } from './follow-up-query.ts';
import { MessageView } from './message-view.tsx';

type Shown = 'all' | 'messages';
/** So many at first: what somebody looks for is nearly always among the newest. */
const FIRST_LINES = 60;

/** What kind of step it is, for the mark beside it: the sentence says it all. */
const MARKS: Readonly<Record<string, string>> = {
  alarm: 'bad',
  parked: 'bad',
  message_failed: 'bad',
  message_bounced: 'bad',
  message_uncertain: 'bad',
  resolved: 'good',
  acknowledged: 'good',
  answered: 'good',
  committed: 'good',
  claimed: 'good',
  replied: 'good',
};

export function Timeline({ id }: { readonly id: string }) {
  const lines = useQuery(timelineQuery(id));
  const [shown, setShown] = useState<Shown>('all');
  const [all, setAll] = useState(false);
  const newest = (lines.data ?? []).toReversed().filter(({ message }) => shown === 'all' || message !== undefined);
  const seen = all ? newest : newest.slice(0, FIRST_LINES);
  return (
    <Panel
      title="Timeline"
      aside={
        <SegmentedControl
          size="xs"
          aria-label="What is shown"
          value={shown}
          onChange={(value) => setShown(value as Shown)}
          data={[
            { value: 'all', label: 'Everything' },
            { value: 'messages', label: 'Messages' },
          ]}
        />
      }
    >
      {lines.error !== null && <ProblemAlert error={lines.error} again={() => void lines.refetch()} />}
      {lines.data === undefined && lines.error === null && <Pending />}
      {lines.data !== undefined && newest.length === 0 && <Text c="dimmed">Nothing was sent yet.</Text>}
      <ol className="timeline" aria-label="What happened, the newest first">
        {seen.map((line) => (
          <Step key={line.place} followUp={id} line={line} />
        ))}
      </ol>
      {newest.length > seen.length && (
        <Group justify="center" mt="sm">
          <Button variant="default" size="xs" onClick={() => setAll(true)}>
            Show all {newest.length}
          </Button>
        </Group>
      )}
    </Panel>
  );
}

function Step({ followUp, line }: { readonly followUp: string; readonly line: Line }) {
  const [open, setOpen] = useState(false);
  const machine = line.evidence === 'machine' || line.evidence === 'likely' ? line.evidence : null;
  return (
    <li className={`line ${MARKS[line.kind] ?? ''}`}>
      <Text size="xs" c="dimmed" component="div">
        <Moment at={line.at} />
        {line.stage !== undefined && ` · ${line.stage}`}
      </Text>
      <Stack gap={6} align="stretch">
        <Text size="sm" component="div">
          {line.text}
          {machine !== null && (
            <Text span size="xs" c="dimmed">
              {' '}
              (evidence: {machine})
            </Text>
          )}{' '}
          {line.message !== undefined && (
            <Anchor component="button" type="button" size="sm" aria-expanded={open} onClick={() => setOpen(!open)}>
              {open ? 'Hide the message' : 'Show the message'}
            </Anchor>
          )}
        </Text>
        {open && line.message !== undefined && <Sent followUp={followUp} id={line.message} />}
      </Stack>
    </li>
  );
}

function Sent({ followUp, id }: { readonly followUp: string; readonly id: string }) {
  return (
    <Read of={useQuery(messageQuery(followUp, id))}>
      {(message) =>
        message === null ? (
          <Text size="sm" c="dimmed">
            It is no longer kept.
          </Text>
        ) : (
          <MessageView message={message} />
        )
      }
    </Read>
  );
}

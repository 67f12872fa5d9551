// What a follow-up knows: its people, its times, the data that events brought.
import { Code, Stack, Text } from '@mantine/core';
import type { FollowUp } from '@relance/client';
import { ordinal } from '../../figure-text.ts';
import { Moment } from '../../moment.tsx';
import { PersonLink } from '../../people.tsx';
import { Fact } from '../../shell/fact.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { Panel } from '../../shell/panel.tsx';

const personFact = (name: string, id: string | null) =>
  id === null ? null : (
    <Fact name={name}>
      <PersonLink id={id} />
    </Fact>
  );
const Linked = ({ ids }: { readonly ids: readonly string[] }) =>
  ids.map((id, index) => (
    <span key={id}>
      {index > 0 && ', '}
      <PersonLink id={id} />
    </span>
  ));
const timeFact = (name: string, at: string | null) =>
  at === null ? null : (
    <Fact name={name}>
      <Moment at={at} />
    </Fact>
  );

export function Facts({ followUp }: { readonly followUp: FollowUp }) {
  const { assignee, assignees, commitment, data, claim } = followUp;
  const asked = assignees.length > 0 ? assignees : assignee === null ? [] : [assignee];
  return (
    <Panel title="Facts">
      <Stack gap="md">
        <dl className="facts">
          <Fact name="Asked to act">{asked.length === 0 ? 'Nobody' : <Linked ids={asked} />}</Fact>
          {personFact('Requester', followUp.requester)}
          {followUp.team !== null && <Fact name="Team">{followUp.team}</Fact>}
          {followUp.watchers.length > 0 && (
            <Fact name="Watchers">
              <Linked ids={followUp.watchers} />
            </Fact>
          )}
          {timeFact('Due', followUp.dueAt)}
          {timeFact('Opened', followUp.openedAt)}
          {timeFact('Acknowledged', followUp.acknowledgedAt)}
          {personFact('Acknowledged by', followUp.acknowledgedBy)}
          {timeFact('Snoozed until', followUp.snoozedUntil)}
          {timeFact('Promised for', commitment?.dueAt ?? null)}
          {personFact('Promised by', commitment?.by ?? null)}
          {personFact('Said to be done by', claim?.by ?? null)}
          {timeFact('Resolved', followUp.resolvedAt)}
          {personFact('Resolved by', followUp.resolvedBy)}
          {followUp.outcome !== null && <Fact name="Outcome">{followUp.outcome}</Fact>}
          <Fact name="Urgency">{followUp.urgency}</Fact>
          <Fact name="Policy">
            <PageLink to="/policies/$id" params={{ id: followUp.policy.id }} size="sm">
              {followUp.policy.id}
            </PageLink>
            , version {followUp.policy.version}
          </Fact>
          {followUp.generation > 1 && <Fact name="Opened for">the {ordinal(followUp.generation)} time</Fact>}
        </dl>
        {Object.keys(data).length > 0 && (
          <details>
            <Text component="summary" size="sm" fw={600}>
              Data
            </Text>
            <Code block mt="xs" tabIndex={0}>
              {JSON.stringify(data, null, 2)}
            </Code>
          </details>
        )}
      </Stack>
    </Panel>
  );
}

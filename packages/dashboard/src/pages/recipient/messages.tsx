// What was sent to somebody, and what was not and why, each in the words of the closed list of reasons; its content is shown when it
// is asked for.
import { Anchor, Checkbox, Group, Stack, Text } from '@mantine/core';
import type { Message } from '@relance/client';
import { REASONS } from '@relance/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { capital } from '../../figure-text.ts';
import { Moment } from '../../moment.tsx';
import { Older } from '../../shell/older.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { Panel } from '../../shell/panel.tsx';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { MessageView } from '../follow-up/message-view.tsx';
import { Word } from '../follow-up/standing.tsx';
import { messagesOfQuery } from './recipient-query.ts';

const COLORS: Readonly<Record<string, 'green' | 'teal' | 'red' | 'orange' | 'blue'>> = {
  delivered: 'green',
  accepted: 'teal',
  suppressed: 'red',
  failed: 'red',
  bounced: 'red',
  uncertain: 'orange',
  deferred: 'orange',
  queued: 'blue',
};

const reasonOf = (reason: string): string => (REASONS as Readonly<Record<string, string>>)[reason] ?? reason;

export function MessagesPanel({ id }: { readonly id: string }) {
  const [notReached, setNotReached] = useState(false);
  const list = useInfiniteQuery(messagesOfQuery(id, notReached ? 'not-reached' : 'all'));
  return (
    <Panel
      title="Messages"
      aside={
        <Checkbox
          size="xs"
          label="Only what did not reach them"
          checked={notReached}
          onChange={(event) => setNotReached(event.currentTarget.checked)}
        />
      }
    >
      {list.error !== null && <ProblemAlert error={list.error} again={() => void list.refetch()} />}
      {list.data === undefined && list.error === null && <Pending />}
      {list.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          {notReached
            ? 'Everything that was sent to them was taken by its provider.'
            : 'Nothing was sent to them yet. Each message stands here with why it went, or did not.'}
        </Text>
      )}
      <ul className="items" aria-label="Messages to them">
        {(list.data ?? []).map((message) => (
          <MessageItem key={message.id} message={message} />
        ))}
      </ul>
      <Older query={list} />
    </Panel>
  );
}

function MessageItem({ message }: { readonly message: Message }) {
  const [shown, setShown] = useState(false);
  const { channel, provider, status, stage, reason, plannedAt, sentAt, content, followUp } = message;
  const captured = status === 'accepted' && provider === 'mailbox';
  const text = content?.subject ?? content?.text ?? null;
  return (
    <li>
      <Group gap={6}>
        <PageLink to="/follow-ups/$id" params={{ id: followUp }} size="sm">
          {stage}
        </PageLink>
        <Text size="sm">by {channel}</Text>
        <Word color={captured ? 'orange' : (COLORS[status] ?? 'gray')}>
          {captured ? 'Captured in the mailbox' : capital(status)}
        </Word>
      </Group>
      {text !== null && (
        <Text size="sm" lineClamp={1}>
          {text}
        </Text>
      )}
      <Text size="xs" c="dimmed">
        <Moment at={sentAt ?? plannedAt} relative />: {reasonOf(reason)}
        {content !== null && (
          <>
            {' · '}
            <Anchor component="button" type="button" size="xs" aria-expanded={shown} onClick={() => setShown(!shown)}>
              {shown ? 'Hide it' : 'Show it'}
            </Anchor>
          </>
        )}
      </Text>
      {shown && (
        <Stack mt="xs">
          <MessageView message={message} />
        </Stack>
      )}
    </li>
  );
}

// What people wrote back, and what was answered. What nobody could read for sure waits here for an answer, or to be put away.
import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import type { Reply } from '@relance/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api.ts';
import { Moment } from '../../moment.tsx';
import { Person } from '../../people.tsx';
import { Panel } from '../../shell/panel.tsx';
import { ProblemAlert } from '../../shell/trouble.tsx';
import { followUpKey, repliesQuery } from './follow-up-query.ts';
import { Word } from './standing.tsx';

export function Conversation({ id }: { readonly id: string }) {
  const { data, error } = useQuery(repliesQuery(id));
  const replies = data?.items ?? [];
  if (replies.length === 0) return error === null ? null : <ProblemAlert error={error} />;
  return (
    <Panel title="Conversation">
      <Stack gap="lg">
        {error !== null && <ProblemAlert error={error} />}
        {replies.map((reply) => (
          <Written key={reply.id} reply={reply} />
        ))}
      </Stack>
    </Panel>
  );
}

function Written({ reply }: { readonly reply: Reply }) {
  return (
    <Stack gap="xs" component="article" aria-label={`Reply of ${reply.recipient ?? reply.from}`}>
      <Group gap="xs">
        <Text size="sm" fw={600}>
          {reply.recipient === null ? reply.from : <Person id={reply.recipient} />}
        </Text>
        <Text size="xs" c="dimmed">
          by {reply.channel}, <Moment at={reply.at} />
        </Text>
        {reply.status === 'open' && <Word color="orange">Waits for an answer</Word>}
      </Group>
      <Text size="sm" className="words quote">
        {reply.text}
      </Text>
      {reply.answers.map((answer) => (
        <div key={answer.message} className="answer">
          <Text size="xs" c="dimmed">
            Answered{answer.by !== null && ' by '}
            {answer.by !== null && <Person id={answer.by} />}, <Moment at={answer.at} />
          </Text>
          <Text size="sm" className="words">
            {answer.text}
          </Text>
        </div>
      ))}
      {reply.status !== 'closed' && <AnswerForm reply={reply} />}
    </Stack>
  );
}

function AnswerForm({ reply }: { readonly reply: Reply }) {
  const queries = useQueryClient();
  const [text, setText] = useState('');
  const onSuccess = () => {
    setText('');
    return queries.invalidateQueries({ queryKey: followUpKey(reply.followUp) });
  };
  const answer = useMutation({ mutationFn: () => api.replies.answer(reply.id, { text: text.trim() }), onSuccess });
  const close = useMutation({ mutationFn: () => api.replies.close(reply.id), onSuccess });
  const trouble = answer.error ?? close.error;
  return (
    <Stack gap="xs">
      {trouble !== null && <ProblemAlert error={trouble} />}
      <Textarea
        label="Answer"
        description={`Sent by ${reply.channel} to whoever wrote it.`}
        autosize
        minRows={2}
        maxRows={12}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Group gap="xs">
        <Button size="xs" onClick={() => answer.mutate()} loading={answer.isPending} disabled={text.trim() === ''}>
          Send
        </Button>
        {reply.status === 'open' && (
          <Button size="xs" variant="default" onClick={() => close.mutate()} loading={close.isPending}>
            Put away without an answer
          </Button>
        )}
      </Group>
    </Stack>
  );
}

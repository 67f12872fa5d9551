// A message as it was sent: a mail's own HTML in a frame that can run nothing and reach nothing, any other in its words.
import { Badge, Group, Stack, Text } from '@mantine/core';
import type { Message } from '@relance/client';
import { Moment } from '../../moment.tsx';
import { Person } from '../../people.tsx';

const FRAME_PX = 420;

export function MessageView({ message }: { readonly message: Message }) {
  const { id, content, channel, recipient, status, sentAt, attempts, engagement, connection } = message;
  return (
    <Stack gap="xs" className="message">
      <Text size="sm" c="dimmed">
        {channel} to <Person id={recipient} />
        {connection !== null && ` by ${connection}`} · {status}
        {sentAt !== null && (
          <>
            {' '}
            · handed over <Moment at={sentAt} />
          </>
        )}
        {attempts > 1 && ` · ${attempts} attempts`}
      </Text>
      {engagement.length > 0 && (
        <Group gap={4}>
          {engagement.map((one) => (
            <Badge key={`${one.kind} ${one.evidence}`} variant="default" tt="none" fw={500}>
              {one.kind} ({one.evidence})
            </Badge>
          ))}
        </Group>
      )}
      {content === null ? (
        <Text size="sm">Its words are made when it is sent.</Text>
      ) : (
        <>
          {content.subject !== undefined && <Text fw={600}>{content.subject}</Text>}
          {content.html === undefined ? (
            <Text size="sm" className="words">
              {content.text}
            </Text>
          ) : (
            <iframe
              title={`The mail "${content.subject ?? ''}" as it was sent`}
              src={`/mailbox/messages/${encodeURIComponent(id)}/html`}
              sandbox="allow-popups allow-popups-to-escape-sandbox"
              referrerPolicy="no-referrer"
              height={FRAME_PX}
            />
          )}
        </>
      )}
    </Stack>
  );
}

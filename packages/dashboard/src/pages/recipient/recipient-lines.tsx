// What somebody may have several of: further addresses, and times in which they are away.
import { ActionIcon, Button, Group, NativeSelect, Text, TextInput } from '@mantine/core';
import type { Channel } from '@relance/client';
import { Icon } from '../../shell/icon.tsx';
import type { TypedAway, TypedEndpoint } from './typed-recipient.ts';

interface Props<T> {
  readonly lines: readonly T[];
  readonly problemOf: (path: string) => string | null;
  readonly change: (lines: readonly T[]) => void;
}

/** How an address of a channel goes on: a copy of mail is an endpoint with its own mark. */
const KINDS: readonly { readonly value: string; readonly label: string }[] = [
  { value: 'email', label: 'Email' },
  { value: 'email cc', label: 'Email, copy (cc)' },
  { value: 'email bcc', label: 'Email, blind copy (bcc)' },
  { value: 'sms', label: 'SMS' },
  { value: 'chat', label: 'Chat' },
  { value: 'webhook', label: 'Webhook' },
  { value: 'push', label: 'Push' },
  { value: 'inbox', label: 'Inbox' },
];

const nextKey = (lines: readonly { readonly key: number }[]): number =>
  Math.max(-1, ...lines.map(({ key }) => key)) + 1;

export function EndpointLines({ lines, problemOf, change }: Props<TypedEndpoint>) {
  const set = (key: number, changed: Partial<TypedEndpoint>) =>
    change(lines.map((one) => (one.key === key ? { ...one, ...changed } : one)));
  return (
    <fieldset className="lines">
      <legend>Further addresses</legend>
      {lines.length === 0 && (
        <Text size="sm" c="dimmed">
          None besides the email address and the phone number.
        </Text>
      )}
      {lines.map(({ key, channel, address, copy }, index) => (
        <Group key={key} gap="xs" align="flex-start">
          <NativeSelect
            aria-label={`Channel of address ${index + 1}`}
            data={[...KINDS]}
            value={copy === undefined ? channel : `${channel} ${copy}`}
            onChange={(event) => {
              const [kind = 'email', mark] = event.currentTarget.value.split(' ');
              set(key, { channel: kind as Channel, copy: mark as 'cc' | 'bcc' | undefined });
            }}
            error={problemOf(`endpoints.${index}.channel`)}
            w={{ base: '100%', sm: 200 }}
          />
          <TextInput
            aria-label={`Address ${index + 1}`}
            value={address}
            onChange={(event) => set(key, { address: event.currentTarget.value })}
            error={problemOf(`endpoints.${index}.address`)}
            flex="1 1 200px"
          />
          <Remove what={`address ${index + 1}`} act={() => change(lines.filter((one) => one.key !== key))} />
        </Group>
      ))}
      <Add
        label="Add an address"
        act={() => change([...lines, { key: nextKey(lines), channel: 'email', address: '', copy: undefined }])}
      />
    </fieldset>
  );
}

const isDate = (text: string): boolean => text === '' || text.length === 10;

export function AwayLines({ lines, problemOf, change }: Props<TypedAway>) {
  const set = (key: number, changed: Partial<TypedAway>) =>
    change(lines.map((one) => (one.key === key ? { ...one, ...changed } : one)));
  return (
    <fieldset className="lines">
      <legend>Away</legend>
      {lines.length === 0 && (
        <Text size="sm" c="dimmed">
          Never: what asks for them while they are away goes to whoever stands in.
        </Text>
      )}
      {lines.map((line, index) => (
        <Group key={line.key} gap="xs" align="flex-start">
          {(['from', 'to'] as const).map((end) => (
            <TextInput
              key={end}
              type={isDate(line[end]) ? 'date' : 'text'}
              label={end === 'from' ? 'First day' : 'Last day'}
              value={line[end]}
              onChange={(event) => set(line.key, { [end]: event.currentTarget.value })}
              error={problemOf(`away.${index}.${end}`)}
              flex="0 1 170px"
            />
          ))}
          <TextInput
            label="Stand-in"
            placeholder="Their id"
            value={line.delegate}
            onChange={(event) => set(line.key, { delegate: event.currentTarget.value })}
            error={problemOf(`away.${index}.delegate`)}
            flex="1 1 150px"
          />
          <Group pt={26}>
            <Remove what={`time away ${index + 1}`} act={() => change(lines.filter((one) => one.key !== line.key))} />
          </Group>
        </Group>
      ))}
      <Add
        label="Add a time away"
        act={() => change([...lines, { key: nextKey(lines), from: '', to: '', delegate: '' }])}
      />
    </fieldset>
  );
}

function Add({ label, act }: { readonly label: string; readonly act: () => void }) {
  return (
    <Group>
      <Button size="xs" variant="default" leftSection={<Icon name="plus" size={14} />} onClick={act}>
        {label}
      </Button>
    </Group>
  );
}

function Remove({ what, act }: { readonly what: string; readonly act: () => void }) {
  return (
    <ActionIcon variant="default" size={36} aria-label={`Remove ${what}`} onClick={act}>
      <Icon name="stop" size={16} />
    </ActionIcon>
  );
}

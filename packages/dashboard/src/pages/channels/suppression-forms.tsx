// Adding to the ledger of suppressions: one address, or a list that another system exported. What could not be read is told by its line.

import { Alert, Button, FileButton, Group, NativeSelect, Paper, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../../api.ts';
import { FormEnds } from '../../shell/form-ends.tsx';
import { ProblemAlert } from '../../shell/trouble.tsx';
import { CHANNEL_NAMES } from './channel-query.ts';
import { SUPPRESSED_CHANNELS, type SuppressedChannel } from './suppression-search.ts';

export const SUPPRESSIONS_KEY = ['suppressions'] as const;

export function AddOne({ close }: { readonly close: () => void }) {
  const queries = useQueryClient();
  const [channel, setChannel] = useState<SuppressedChannel>('email');
  const [address, setAddress] = useState('');
  const [reason, setReason] = useState('');
  const add = useMutation({
    mutationFn: () =>
      api.suppressions.put({ channel, address: address.trim(), reason: reason.trim() === '' ? null : reason.trim() }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: SUPPRESSIONS_KEY });
      close();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <Paper withBorder p="md" component="form" onSubmit={submit} aria-label="Suppress an address">
      <Stack gap="sm">
        {add.error !== null && <ProblemAlert error={add.error} />}
        <Group gap="sm" align="flex-end">
          <NativeSelect
            label="Channel"
            autoFocus
            value={channel}
            data={SUPPRESSED_CHANNELS.map((value) => ({ value, label: CHANNEL_NAMES[value] }))}
            onChange={(event) =>
              setChannel(SUPPRESSED_CHANNELS.find((one) => one === event.currentTarget.value) ?? 'email')
            }
          />
          <TextInput
            label="Address"
            required
            flex="1 1 240px"
            placeholder={channel === 'sms' ? '+34600000001' : 'ana@example.com'}
            value={address}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
          <TextInput
            label="Reason"
            flex="1 1 240px"
            placeholder="asked by letter"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        </Group>
        <Text size="sm" c="dimmed">
          Nothing is sent to it any more, of no policy, and what waits for it is taken back before this is answered.
        </Text>
        <FormEnds busy={add.isPending} close={close}>
          Suppress it
        </FormEnds>
      </Stack>
    </Paper>
  );
}

const EXAMPLE = 'channel,address,source,reason\nemail,ana@example.com,hard_bounce,gone';
const SHOWN_MAX = 20;

export function ImportList({ close }: { readonly close: () => void }) {
  const queries = useQueryClient();
  const [text, setText] = useState('');
  const take = useMutation({
    mutationFn: () => api.suppressions.import(text, text.trimStart().startsWith('{') ? 'json' : 'csv'),
    onSuccess: () => queries.invalidateQueries({ queryKey: SUPPRESSIONS_KEY }),
  });
  const { data } = take;
  return (
    <Paper withBorder p="md" component="section" aria-label="Import a list">
      <Stack gap="sm">
        {take.error !== null && <ProblemAlert error={take.error} />}
        <Textarea
          label="The list"
          description="CSV whose first line names the columns (channel, address, and source, reason, sender if you like), or one JSON object a line."
          placeholder={EXAMPLE}
          autosize
          minRows={4}
          maxRows={14}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Group gap="xs">
          <Button onClick={() => take.mutate()} loading={take.isPending} disabled={text.trim() === ''}>
            Import
          </Button>
          <FileButton accept=".csv,.ndjson,.jsonl,.json,text/csv" onChange={(file) => void file?.text().then(setText)}>
            {(props) => (
              <Button variant="default" {...props}>
                Read a file
              </Button>
            )}
          </FileButton>
          <Button variant="default" onClick={close}>
            Close
          </Button>
        </Group>
        {data !== undefined && (
          <Alert color={data.rejectedCount === 0 ? 'green' : 'orange'} variant="light" role="status" title="Imported">
            <Text size="sm">
              {data.added} added, {data.already} there already, {data.rejectedCount} not read.
            </Text>
            <ul>
              {data.rejected.slice(0, SHOWN_MAX).map(({ line, detail }) => (
                <li key={line}>
                  <Text size="sm">
                    Line {line}: {detail}
                  </Text>
                </li>
              ))}
            </ul>
          </Alert>
        )}
      </Stack>
    </Paper>
  );
}

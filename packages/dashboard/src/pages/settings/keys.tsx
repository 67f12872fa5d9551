// API keys: made, shown once, taken back. Whoever signs in here gave one too: a session ends with its key.
import { Alert, Button, Checkbox, Code, CopyButton, Group, Stack, Text, TextInput } from '@mantine/core';
import type { Key, MadeKey } from '@relance/client';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../../api.ts';
import { Moment } from '../../moment.tsx';
import { Panel } from '../../shell/panel.tsx';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { Word } from '../follow-up/standing.tsx';

const keysQuery = queryOptions({ queryKey: ['keys'], queryFn: async () => (await api.keys.list()).items });

export function Keys({ admin, tenant }: { readonly admin: boolean; readonly tenant: string | null }) {
  return (
    <Panel title="API keys">
      {admin ? (
        <Managed tenant={tenant} />
      ) : (
        <Text size="sm" c="dimmed">
          Keys are managed with an admin key; you are signed in with another.
        </Text>
      )}
    </Panel>
  );
}

function Managed({ tenant }: { readonly tenant: string | null }) {
  const { data, error } = useQuery(keysQuery);
  const [made, setMade] = useState<MadeKey | null>(null);
  return (
    <Stack gap="md">
      <Make made={setMade} />
      {made !== null && <Shown made={made} put={() => setMade(null)} />}
      {error !== null && <ProblemAlert error={error} />}
      {data === undefined ? (
        error === null && <Pending />
      ) : data.length === 0 ? (
        <Text size="sm" c="dimmed">
          None but the first, which the server made when it started. Make one for each program that speaks to Relance,
          so that each can be taken back alone.
        </Text>
      ) : (
        <ul className="settled" aria-label="API keys">
          {data.map((key) => (
            <Row key={key.id} one={key} tenant={tenant} />
          ))}
        </ul>
      )}
    </Stack>
  );
}

function Make({ made }: { readonly made: (key: MadeKey) => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [admin, setAdmin] = useState(false);
  const make = useMutation({
    mutationFn: () =>
      api.keys.make({
        ...(name.trim() === '' ? {} : { name: name.trim() }),
        scopes: admin ? ['admin', 'api'] : ['api'],
      }),
    onSuccess: (key) => {
      made(key);
      setName('');
      setAdmin(false);
      return queries.invalidateQueries({ queryKey: keysQuery.queryKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Stack gap="xs" component="form" onSubmit={submit}>
      {make.error !== null && <ProblemAlert error={make.error} />}
      <Group gap="sm" align="flex-end">
        <TextInput
          label="Name of a new key"
          placeholder="the shop’s backend"
          flex="1 1 220px"
          maw={340}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Checkbox
          label="May manage keys and connections"
          pb={8}
          checked={admin}
          onChange={(event) => setAdmin(event.currentTarget.checked)}
        />
        <Button type="submit" loading={make.isPending}>
          Make a key
        </Button>
      </Group>
    </Stack>
  );
}

function Shown({ made: { key, name }, put }: { readonly made: MadeKey; readonly put: () => void }) {
  return (
    <Alert color="green" variant="light" role="status" title={`The key${name === null ? '' : ` of ${name}`}`}>
      <Stack gap="xs">
        <Code className="secret">{key}</Code>
        <Text size="sm">It is shown this once; only its hash is kept. Copy it to where it is used.</Text>
        <Group gap="xs">
          <CopyButton value={key}>
            {({ copied, copy }) => (
              <Button size="xs" onClick={copy}>
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
          <Button size="xs" variant="default" onClick={put}>
            I have it
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

function Row({ one, tenant }: { readonly one: Key; readonly tenant: string | null }) {
  const queries = useQueryClient();
  const [asked, setAsked] = useState(false);
  const revoke = useMutation({
    mutationFn: () => api.keys.revoke(one.id),
    onSuccess: () => queries.invalidateQueries({ queryKey: keysQuery.queryKey }),
  });
  const name = one.name ?? one.id;
  return (
    <li>
      <div className="settled-row">
        <div>
          <Group gap={8}>
            <Text fw={600} size="sm">
              {name}
            </Text>
            {one.scopes.includes('admin') && <Word color="orange">admin</Word>}
          </Group>
          <Text size="xs" c="dimmed">
            {one.tenant !== tenant && `Tenant ${one.tenant}. `}Made <Moment at={one.createdAt} />
          </Text>
        </div>
        <Group gap="xs">
          {asked ? (
            <>
              <Button
                size="xs"
                color="red"
                aria-label={`Revoke ${name}`}
                onClick={() => revoke.mutate()}
                loading={revoke.isPending}
              >
                Revoke it
              </Button>
              <Button size="xs" variant="default" onClick={() => setAsked(false)}>
                Keep it
              </Button>
            </>
          ) : (
            <Button size="xs" variant="default" aria-label={`Revoke ${name}…`} onClick={() => setAsked(true)}>
              Revoke…
            </Button>
          )}
        </Group>
      </div>
      {asked && (
        <Text size="sm" mt={6}>
          Whatever uses it is refused within seconds, and sessions that were opened with it end.
        </Text>
      )}
      {revoke.error !== null && <ProblemAlert error={revoke.error} />}
    </li>
  );
}

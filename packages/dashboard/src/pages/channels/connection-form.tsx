// A connection made or changed: the brand, what is written into one of it as its own schema says, and how it is used. Secrets go to the
// server once and are never shown again.

import { Group, NativeSelect, Paper, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { type Connection, type NewConnection, type Provider, RelanceProblem } from '@relance/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api } from '../../api.ts';
import { type Schema, SchemaFields, type Typed, typedOf, valuesOf } from '../../schema-fields.tsx';
import { FormEnds } from '../../shell/form-ends.tsx';
import { ProblemAlert } from '../../shell/trouble.tsx';
import { CHANNEL_NAMES, providersQuery, readChannelsAgain } from './channel-query.ts';

interface Props {
  readonly before: Connection | null;
  readonly close: () => void;
}

/** How it is used: the same for every brand. */
const USE: Schema = {
  properties: {
    position: { type: 'integer', description: 'Of several for one channel, the lower is tried first.', default: 100 },
    perSecondMax: { type: 'number', description: 'Hand-overs a second at most, of all nodes together.' },
    concurrencyMax: { type: 'integer', description: 'Hand-overs under way at once at most.' },
  },
};

const useOf = (before: Connection | null): Typed => {
  if (before === null) return {};
  const { position, perSecondMax, concurrencyMax } = before;
  const said = Object.entries({ position, perSecondMax, concurrencyMax }).filter(([, value]) => value !== null);
  return typedOf(USE, Object.fromEntries(said));
};

/** A new one only where there is none of that id. */
const put = (id: string, before: Connection | null, written: NewConnection): Promise<Connection> =>
  api.connections.put(id, { ...written, disabled: before?.disabled ?? false }, before === null ? { over: null } : {});

export function ConnectionForm({ before, close }: Props) {
  const brands = useQuery(providersQuery);
  const providers = brands.data ?? [];
  const queries = useQueryClient();
  const [id, setId] = useState(before?.id ?? '');
  const [brand, setBrand] = useState(before?.provider ?? '');
  const provider = providers.find((one) => one.id === brand);
  const [settings, setSettings] = useState<Typed | null>(null);
  const [secrets, setSecrets] = useState<Typed>({});
  const [use, setUse] = useState<Typed>(useOf(before));
  const schema = (provider?.settings ?? {}) as Schema;
  const secretSchema = (provider?.secrets ?? {}) as Schema;
  const same = before !== null && before.provider === brand;
  const typed = settings ?? (same ? typedOf(schema, before.settings) : {});
  const save = useMutation({
    mutationFn: () =>
      put(id.trim(), before, {
        provider: brand,
        settings: valuesOf(schema, typed),
        secrets: valuesOf(secretSchema, secrets),
        ...valuesOf(USE, use),
      }),
    onSuccess: async () => {
      await readChannelsAgain(queries);
      close();
    },
  });
  return (
    <Paper
      withBorder
      p="md"
      component="form"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
      aria-label={before === null ? 'A new connection' : `Change ${before.id}`}
    >
      <Stack gap="sm">
        {before === null && <Title order={3}>A new connection</Title>}
        {save.error !== null && <ProblemAlert error={save.error} />}
        {brands.error !== null && <ProblemAlert error={brands.error} again={() => void brands.refetch()} />}
        {before === null && (
          <Which
            providers={providers}
            brand={brand}
            id={id}
            setId={setId}
            choose={(chosen) => {
              setBrand(chosen);
              setSettings({});
              setSecrets({});
            }}
          />
        )}
        {provider !== undefined && (
          <Fields>
            <SchemaFields schema={schema} typed={typed} errors={errorsOf(save.error).settings} change={setSettings} />
            <SchemaFields
              schema={secretSchema}
              typed={secrets}
              kept={same ? before.secretsSet : []}
              secret
              errors={errorsOf(save.error).secrets}
              change={setSecrets}
            />
            <SchemaFields schema={USE} typed={use} errors={errorsOf(save.error).use} change={setUse} />
          </Fields>
        )}
        <FormEnds busy={save.isPending} disabled={provider === undefined} close={close}>
          {before === null ? 'Make it' : 'Save'}
        </FormEnds>
      </Stack>
    </Paper>
  );
}

function Fields({ children }: { readonly children: ReactNode }) {
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        {children}
      </SimpleGrid>
      <Text size="sm" c="dimmed">
        Secrets are sealed before they are stored, and never shown again. What each setting is and where it is from says
        the guide to channels (docs/guide/channels.md).
      </Text>
    </>
  );
}

interface WhichProps {
  readonly providers: readonly Provider[];
  readonly brand: string;
  readonly id: string;
  readonly setId: (id: string) => void;
  readonly choose: (brand: string) => void;
}

function Which({ providers, brand, id, setId, choose }: WhichProps) {
  return (
    <Group align="flex-start" gap="sm">
      <NativeSelect
        label="Brand"
        required
        autoFocus
        value={brand}
        onChange={(event) => choose(event.currentTarget.value)}
        data={[
          { value: '', label: 'Choose' },
          ...providers.map((one) => ({ value: one.id, label: `${one.title} (${CHANNEL_NAMES[one.channel]})` })),
        ]}
      />
      <TextInput
        label="Id"
        required
        placeholder="mail"
        description="Lower-case letters, digits and dashes."
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        value={id}
        onChange={(event) => setId(event.currentTarget.value)}
      />
    </Group>
  );
}

type ByField = Readonly<Record<string, string>>;

/** Beside the fields that they are about. */
function errorsOf(error: Error | null): Readonly<Record<'settings' | 'secrets' | 'use', ByField>> {
  const all: Record<'settings' | 'secrets' | 'use', Record<string, string>> = { settings: {}, secrets: {}, use: {} };
  if (!(error instanceof RelanceProblem)) return all;
  const told = (error.body.errors ?? []) as readonly { readonly path: string; readonly message: string }[];
  for (const { path, message } of told) {
    const [place = '', name = ''] = path.split('.');
    if (place === 'settings' || place === 'secrets') all[place][name] = message;
    else all.use[place] = message;
  }
  return all;
}

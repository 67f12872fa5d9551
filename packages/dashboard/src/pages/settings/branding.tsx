// Branding: how mails and pages show whose they are. Shown as it holds, and changed by whoever has an admin key; what nobody touched is
// not written, so that what somebody else changes meanwhile stays.

import { Button, Stack, Text, TextInput } from '@mantine/core';
import type { Branding } from '@relance/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../../api.ts';
import { Fact } from '../../shell/fact.tsx';
import { FormEnds } from '../../shell/form-ends.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { Panel } from '../../shell/panel.tsx';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { settingsQuery } from './settings-query.ts';

type Key = keyof Branding;
const FIELDS: readonly (readonly [key: Key, label: string, example: string, type: string])[] = [
  ['name', 'Name', 'in place of the tenant’s own', 'text'],
  ['color', 'Colour', '#1f5eff', 'text'],
  ['logo', 'Logo', 'https://acme.example/logo.png', 'url'],
  ['url', 'Website', 'https://acme.example', 'url'],
  ['address', 'Address', '1 Example Street, 1000 Example', 'text'],
  ['supportEmail', 'Support by mail', 'help@acme.example', 'email'],
  ['supportPhone', 'Support by phone', '+34 900 000 000', 'tel'],
];

const brandingOf = (settings: Props['settings']) => (settings?.branding ?? {}) as Branding;

interface Props {
  /** Undefined until they are read. */
  readonly settings: Readonly<Record<string, unknown>> | undefined;
  /** Reading them the last time did: what was read before stays, and with it what is being typed. */
  readonly failed: boolean;
  readonly admin: boolean;
}

export function BrandingPanel({ settings, failed, admin }: Props) {
  const [open, setOpen] = useState(false);
  const branding = brandingOf(settings);
  return (
    <Panel
      title="Branding"
      aside={
        admin &&
        settings !== undefined && (
          <Button size="xs" variant="default" aria-expanded={open} onClick={() => setOpen(!open)}>
            Change
          </Button>
        )
      }
    >
      {settings === undefined ? (
        !failed && <Pending />
      ) : open ? (
        <BrandingForm before={branding} close={() => setOpen(false)} />
      ) : (
        <Shown branding={branding} />
      )}
    </Panel>
  );
}

function Shown({ branding }: { readonly branding: Branding }) {
  const said = FIELDS.filter(([key]) => branding[key] !== undefined);
  return (
    <Stack gap="sm">
      {said.length === 0 ? (
        <Text size="sm" c="dimmed">
          None. With a name, a colour, a logo and an address, mails and pages show whose they are.
        </Text>
      ) : (
        <dl className="facts">
          {said.map(([key, label]) => (
            <Fact key={key} name={label}>
              {key === 'color' && <Swatch color={branding.color ?? ''} />}
              {branding[key]}
            </Fact>
          ))}
        </dl>
      )}
      <Text size="sm" c="dimmed">
        <PageLink to="/templates" size="sm">
          Templates
        </PageLink>{' '}
        show how messages look with it. A <code>branding:</code> in the server’s <code>relance.yaml</code> is applied
        again when it starts, and holds from then on.
      </Text>
    </Stack>
  );
}

const Swatch = ({ color }: { readonly color: string }) => (
  <svg className="color-swatch" width={14} height={14} aria-hidden="true">
    <rect width={14} height={14} rx={3} fill={color} />
  </svg>
);

function BrandingForm({ before, close }: { readonly before: Branding; readonly close: () => void }) {
  const queries = useQueryClient();
  const [start] = useState(before); // what is read again meanwhile is not what was typed over
  const [typed, setTyped] = useState(start);
  const save = useMutation({
    mutationFn: () => saveOver(start, typed),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: settingsQuery.queryKey });
      close();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit} aria-label="Change the branding" noValidate>
      <Stack gap="sm">
        {save.error !== null && <ProblemAlert error={save.error} />}
        {FIELDS.map(([key, label, example, type]) => (
          <TextInput
            key={key}
            label={label}
            type={type}
            placeholder={example}
            value={typed[key] ?? ''}
            leftSection={key === 'color' ? <Swatch color={typed.color ?? ''} /> : null}
            onChange={(event) => setTyped({ ...typed, [key]: event.currentTarget.value })}
          />
        ))}
        <FormEnds busy={save.isPending} close={close}>
          Save
        </FormEnds>
      </Stack>
    </form>
  );
}

/** Laid over what holds at this moment: the time between reading and writing is as short as it can be. */
async function saveOver(start: Branding, typed: Branding): Promise<unknown> {
  const { settings } = await api.settings();
  const changed = FIELDS.filter(([key]) => (typed[key] ?? '') !== (start[key] ?? ''));
  const over = Object.fromEntries(changed.map(([key]) => [key, typed[key] ?? '']));
  return api.branding.put(written({ ...brandingOf(settings), ...over }));
}

/** What is left empty is not said. */
const written = (typed: Branding): Branding =>
  Object.fromEntries(
    Object.entries(typed).flatMap(([key, value]) => (value.trim() === '' ? [] : [[key, value.trim()]])),
  );

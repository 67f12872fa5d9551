// Somebody is added, or what is known of them is changed. What the server refuses stands beside the field it is about; what nobody
// touched is not written, so that what they or a system change meanwhile stays.

import { Alert, Autocomplete, Paper, SimpleGrid, Stack, Textarea, TextInput, Title } from '@mantine/core';
import type { NewRecipient, Recipient } from '@relance/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useMemo, useState } from 'react';
import { api } from '../../api.ts';
import { PersonField } from '../../person-field.tsx';
import { onEscape } from '../../shell/escape.ts';
import { fieldProblems } from '../../shell/field-problem.ts';
import { FormEnds } from '../../shell/form-ends.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { ProblemAlert } from '../../shell/trouble.tsx';
import { AwayLines, EndpointLines } from './recipient-lines.tsx';
import { readPeopleAgain } from './recipient-query.ts';
import { changedIn, type TypedLine, type TypedRecipient, typedOf } from './typed-recipient.ts';

interface Props {
  /** null: somebody new. */
  readonly known: Recipient | null;
  readonly close: () => void;
  readonly saved: (recipient: Recipient) => void;
}

class AlreadyThere extends Error {}

/** Laid over what is there at this moment: the time between reading and writing is as short as it can be. */
async function save(known: Recipient | null, id: string, changed: Omit<NewRecipient, 'id'>): Promise<Recipient> {
  if (known !== null) {
    const { id: _id, ...now } = await api.recipients.get(id);
    return api.recipients.put(id, { ...now, ...changed });
  }
  const { items } = await api.recipients.list({ ids: id, limit: 1 });
  if (items.length > 0) throw new AlreadyThere();
  return api.recipients.put(id, changed);
}

export function RecipientForm({ known, close, saved }: Props) {
  const queries = useQueryClient();
  const [before] = useState(() => typedOf(known));
  const [typed, setTyped] = useState(before);
  const [wrong, setWrong] = useState<{ readonly path: string; readonly message: string } | null>(null);
  const id = typed.id.trim();
  const run = useMutation({
    mutationFn: (changed: Omit<NewRecipient, 'id'>) => save(known, id, changed),
    onSuccess: async (recipient) => {
      await readPeopleAgain(queries);
      saved(recipient);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const changed = changedIn(before, typed);
    setWrong(changed.ok ? null : changed);
    if (changed.ok) run.mutate(changed.body);
  };
  const problems = fieldProblems(run.error);
  const problemOf = (path: string): string | null =>
    (wrong?.path === path ? wrong.message : undefined) ?? problems.get(path) ?? null;
  const change = (changed: Partial<TypedRecipient>) => setTyped({ ...typed, ...changed });
  return (
    <Paper
      withBorder
      p="md"
      component="form"
      aria-label={known === null ? 'Add somebody' : 'Edit'}
      onSubmit={submit}
      onKeyDown={onEscape(close)}
    >
      <Stack gap="md">
        <Title order={2}>{known === null ? 'Add somebody' : `Edit ${known.name ?? known.id}`}</Title>
        <Refused error={run.error} id={id} shown={[...problems.keys()]} />
        <Fields typed={typed} isNew={known === null} problemOf={problemOf} change={change} />
        <EndpointLines lines={typed.endpoints} problemOf={problemOf} change={(endpoints) => change({ endpoints })} />
        <AwayLines lines={typed.away} problemOf={problemOf} change={(away) => change({ away })} />
        <Textarea
          label="Traits (JSON)"
          description="Whatever conditions and templates ask for: recipient.traits.plan."
          value={typed.traits}
          error={problemOf('traits')}
          onChange={(event) => change({ traits: event.currentTarget.value })}
          autosize
          minRows={2}
          maxRows={12}
          className="code-field"
        />
        <FormEnds busy={run.isPending} disabled={id === ''} close={close}>
          {known === null ? 'Add' : 'Save'}
        </FormEnds>
      </Stack>
    </Paper>
  );
}

/** Problems of fields stand beside their fields; what belongs to none stands here. */
function Refused({
  error,
  id,
  shown,
}: {
  readonly error: Error | null;
  readonly id: string;
  readonly shown: readonly string[];
}) {
  if (error === null) return null;
  if (error instanceof AlreadyThere)
    return (
      <Alert color="red" variant="light" role="alert" title={`There is somebody with the id "${id}" already`}>
        <PageLink to="/people/$id" params={{ id }}>
          Look at them
        </PageLink>
        , or choose another id.
      </Alert>
    );
  if (shown.length === 0) return <ProblemAlert error={error} />;
  return (
    <Alert color="red" variant="light" role="alert" title="Nothing was saved">
      What is wrong is said beside each field.
    </Alert>
  );
}

interface FieldsProps {
  readonly typed: TypedRecipient;
  readonly isNew: boolean;
  readonly problemOf: (path: string) => string | null;
  readonly change: (changed: Partial<TypedRecipient>) => void;
}

const ZONES_SHOWN_MAX = 12;

function Fields({ typed, isNew, problemOf, change }: FieldsProps) {
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone'), []);
  const line = (name: TypedLine, path: string = name) => ({
    value: typed[name],
    error: problemOf(path),
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      change({ [name]: event.currentTarget.value }),
  });
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm" verticalSpacing="sm">
      {isNew && (
        <TextInput
          label="Id"
          description="As your own systems know them; it never changes."
          placeholder="ana"
          required
          autoFocus
          {...line('id')}
        />
      )}
      <TextInput label="Name" description="As mails greet them." placeholder="Ana Ruiz" {...line('name')} />
      <TextInput label="Email" description="Where mails go." placeholder="ana@example.com" {...line('email')} />
      <TextInput
        label="Phone"
        description="With its country, or as written in theirs."
        placeholder="+34 600 000 001"
        {...line('phone')}
      />
      <Autocomplete
        label="Time zone"
        description="Quiet hours and times in mails are theirs."
        placeholder="Europe/Madrid"
        data={zones}
        limit={ZONES_SHOWN_MAX}
        comboboxProps={{ withinPortal: false }}
        value={typed.timeZone}
        error={problemOf('timeZone')}
        onChange={(timeZone) => change({ timeZone })}
      />
      <TextInput label="Language" description="BCP 47, such as es or fr-CA." placeholder="es-ES" {...line('locale')} />
      <PersonField
        label="Manager"
        required={false}
        value={typed.manager}
        error={problemOf('manager')}
        change={(manager) => change({ manager })}
      />
      <TextInput
        label="Country"
        description="Two letters: their numbers are dialled from there."
        placeholder="ES"
        {...line('country', 'location.country')}
      />
      <TextInput label="Region" description="Where they are, as you write it." {...line('region', 'location.region')} />
      <TextInput label="City" description="Where they are, as you write it." {...line('city', 'location.city')} />
    </SimpleGrid>
  );
}

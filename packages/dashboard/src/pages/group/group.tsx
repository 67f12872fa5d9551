// One group: its members in their order, added and taken out one at a time. Each change is laid over the group as it is at that moment.
import { ActionIcon, Breadcrumbs, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import type { Group as RelanceGroup } from '@relance/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api } from '../../api.ts';
import { laidOver } from '../../laid-over.ts';
import { Person, personQuery } from '../../people.tsx';
import { PersonField } from '../../person-field.tsx';
import { DeleteForGood } from '../../shell/delete-for-good.tsx';
import { Icon } from '../../shell/icon.tsx';
import { PageLink } from '../../shell/page-link.tsx';
import { Panel } from '../../shell/panel.tsx';
import { useTitle } from '../../shell/title.ts';
import { Pending, ProblemAlert } from '../../shell/trouble.tsx';
import { Word } from '../follow-up/standing.tsx';
import { groupQuery, readGroupsAgain } from './group-query.ts';
import './group.css';

const route = getRouteApi('/inside/groups/$id');
/** Of a large group so many at first. */
const SHOWN_AT_ONCE = 100;

type Written = Omit<RelanceGroup, 'id' | 'version'>;
type Change = (group: Written) => Written;

export function GroupPage() {
  const { id } = route.useParams();
  const one = useQuery(groupQuery(id));
  useTitle(one.data?.name ?? id);
  if (one.data === undefined)
    return one.error === null ? <Pending /> : <ProblemAlert error={one.error} again={() => void one.refetch()} />;
  return <Told key={id} group={one.data} />;
}

function Told({ group }: { readonly group: RelanceGroup }) {
  const { id, name, members } = group;
  const queries = useQueryClient();
  const run = useMutation({
    mutationFn: (change: Change) => laidOver(api.groups, id, change),
    onSuccess: () => readGroupsAgain(queries),
  });
  const withMembers = (change: (members: readonly string[]) => readonly string[]) =>
    run.mutate((now) => ({ ...now, members: change(now.members) }));
  return (
    <Stack gap="md" maw={820}>
      <Breadcrumbs>
        <PageLink to="/groups" size="sm">
          Groups
        </PageLink>
        <Text size="sm" c="dimmed">
          {id}
        </Text>
      </Breadcrumbs>
      <Title order={1}>{name ?? id}</Title>
      {run.error !== null && <ProblemAlert error={run.error} />}
      <Panel title={members.length === 1 ? '1 member' : `${members.length} members`}>
        <Members
          members={members}
          busy={run.isPending}
          add={(who) => withMembers((all) => [...all, who])}
          remove={(who) => withMembers((all) => all.filter((one) => one !== who))}
          raise={(who) => withMembers((all) => raised(all, who))}
        />
      </Panel>
      <Panel title="Name">
        <Rename
          name={name ?? ''}
          busy={run.isPending}
          save={(changed) => run.mutate((now) => ({ ...now, name: changed }))}
        />
      </Panel>
      <Remove id={id} />
    </Stack>
  );
}

/** One place nearer to the beginning. */
function raised(members: readonly string[], who: string): readonly string[] {
  const at = members.indexOf(who);
  return at <= 0 ? members : members.with(at, members[at - 1] ?? who).with(at - 1, who);
}

interface MembersProps {
  readonly members: readonly string[];
  readonly busy: boolean;
  readonly add: (who: string) => void;
  readonly remove: (who: string) => void;
  readonly raise: (who: string) => void;
}

function Members({ members, busy, add, remove, raise }: MembersProps) {
  const [typed, setTyped] = useState('');
  const [most, setMost] = useState(SHOWN_AT_ONCE);
  const who = typed.trim();
  const already = members.includes(who);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (who === '' || already) return;
    add(who);
    setTyped('');
  };
  return (
    <Stack gap="sm">
      {members.length === 0 && (
        <Text size="sm" c="dimmed">
          Nobody: a policy that speaks to this group falls back, and raises an alarm.
        </Text>
      )}
      <ol className="group-members" aria-label="Members">
        {members.slice(0, most).map((member, at) => (
          <li key={member}>
            <Group justify="space-between" wrap="nowrap" gap="xs">
              <Member id={member} />
              <Group gap={4} wrap="nowrap">
                {at > 0 && (
                  <ActionIcon
                    variant="default"
                    size={30}
                    aria-label={`Move ${member} up`}
                    disabled={busy}
                    onClick={() => raise(member)}
                  >
                    <Icon name="up" size={15} />
                  </ActionIcon>
                )}
                <ActionIcon
                  variant="default"
                  size={30}
                  aria-label={`Take ${member} out`}
                  disabled={busy}
                  onClick={() => remove(member)}
                >
                  <Icon name="stop" size={15} />
                </ActionIcon>
              </Group>
            </Group>
          </li>
        ))}
      </ol>
      {members.length > most && (
        <Group>
          <Button size="xs" variant="default" onClick={() => setMost(most + SHOWN_AT_ONCE)}>
            {members.length - most} more
          </Button>
        </Group>
      )}
      <form onSubmit={submit} className="rename">
        <PersonField
          label="Add a member"
          required={false}
          value={typed}
          error={already ? 'They are in it already' : null}
          change={setTyped}
        />
        <Button type="submit" disabled={who === '' || already} loading={busy}>
          Add
        </Button>
      </form>
    </Stack>
  );
}

function Member({ id }: { readonly id: string }) {
  const { data } = useQuery(personQuery(id));
  return (
    <Group gap={6} wrap="nowrap" miw={0}>
      <PageLink to="/people/$id" params={{ id }} size="sm" truncate>
        <Person id={id} />
      </PageLink>
      {data === null && <Word color="orange">Not known yet</Word>}
    </Group>
  );
}

interface RenameProps {
  readonly name: string;
  readonly busy: boolean;
  readonly save: (name: string | null) => void;
}

function Rename({ name, busy, save }: RenameProps) {
  const [typed, setTyped] = useState(name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save(typed.trim() === '' ? null : typed.trim());
  };
  return (
    <form onSubmit={submit} className="rename">
      <TextInput
        aria-label="Name of the group"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        maxLength={500}
        flex="1 1 240px"
      />
      <Button type="submit" variant="default" loading={busy} disabled={typed.trim() === name}>
        Save the name
      </Button>
    </form>
  );
}

function Remove({ id }: { readonly id: string }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  return (
    <DeleteForGood
      label="Delete the group…"
      says="Its members stay. Policies that name it keep it from being deleted."
      remove={() => api.groups.delete(id)}
      gone={async () => {
        await navigate({ to: '/groups' });
        await readGroupsAgain(queries);
      }}
    />
  );
}

// One layer of a schedule: turns of how long, handed over when, who takes them in which order, and in which hours. What is wrong is
// said beside each field as it is typed, by the same rules as the server's.
import { ActionIcon, Button, Group, NativeSelect, Paper, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import type { Rotation, Schedule, Weekday } from '@relance/client';
import { useState } from 'react';
import { People } from '../../people.tsx';
import { PersonField } from '../../person-field.tsx';
import { Icon, type IconName } from '../../shell/icon.tsx';

export type Layer = NonNullable<Schedule['layers']>[number];

interface Props {
  readonly layer: Layer;
  readonly index: number;
  readonly last: boolean;
  readonly problemOf: (path: string) => string | null;
  readonly change: (layer: Layer) => void;
  readonly move: (by: 1 | -1) => void;
  readonly remove: () => void;
}

const DAYS: readonly { readonly value: string; readonly label: string }[] = [
  { value: '', label: 'The weekday of the start' },
  { value: 'mon', label: 'Monday' },
  { value: 'tue', label: 'Tuesday' },
  { value: 'wed', label: 'Wednesday' },
  { value: 'thu', label: 'Thursday' },
  { value: 'fri', label: 'Friday' },
  { value: 'sat', label: 'Saturday' },
  { value: 'sun', label: 'Sunday' },
];

export function LayerForm({ layer, index, last, problemOf, change, move, remove }: Props) {
  const { rotation } = layer;
  const name = layer.id ?? `layer-${index + 1}`;
  const rotate = (changed: Partial<Rotation>) => change({ ...layer, rotation: { ...rotation, ...changed } });
  return (
    <Paper withBorder p="sm" component="fieldset" className="layer" aria-label={`Layer ${name}`}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap">
          <Text fw={600}>{name}</Text>
          <Group gap={4} wrap="nowrap">
            {index > 0 && <Act icon="up" label={`Move ${name} up`} act={() => move(-1)} />}
            {!last && <Act icon="down" label={`Move ${name} down`} act={() => move(1)} />}
            <Act icon="stop" label={`Remove ${name}`} act={remove} />
          </Group>
        </Group>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="sm">
          <TextInput
            label="Name"
            description="Told where it says who is on call."
            value={layer.id ?? ''}
            placeholder={name}
            error={problemOf('id')}
            onChange={({ currentTarget: { value } }) => change(withId(layer, value))}
          />
          <TextInput
            label="Level"
            description="1 is asked first."
            type="number"
            min={1}
            max={10}
            value={String(layer.level ?? 1)}
            error={problemOf('level')}
            onChange={({ currentTarget: { value } }) => change({ ...layer, level: Number(value) })}
          />
          <TextInput
            label="Starts on"
            description="The first turn begins."
            type="date"
            value={rotation.start}
            error={problemOf('rotation.start')}
            onChange={({ currentTarget: { value } }) => rotate({ start: value })}
          />
          <TextInput
            label="Over on"
            description="Empty: it goes on."
            type="date"
            value={rotation.end ?? ''}
            error={problemOf('rotation.end')}
            onChange={({ currentTarget: { value } }) => rotate({ end: value === '' ? null : value })}
          />
          <Turns
            rotation={rotation}
            problemOf={problemOf}
            change={(changed) => change({ ...layer, rotation: changed })}
          />
        </SimpleGrid>
        <Members
          members={rotation.members}
          problem={problemOf('rotation.members')}
          change={(members) => rotate({ members })}
        />
        <Hours
          of={layer.restrictions ?? []}
          problemOf={problemOf}
          change={(restrictions) => {
            const { restrictions: _before, ...without } = layer;
            change(restrictions.length === 0 ? without : { ...without, restrictions });
          }}
        />
      </Stack>
    </Paper>
  );
}

function withId({ id: _id, ...layer }: Layer, id: string): Layer {
  return id === '' ? layer : { id, ...layer };
}

interface TurnsProps {
  readonly rotation: Rotation;
  readonly problemOf: Props['problemOf'];
  readonly change: (rotation: Rotation) => void;
}

/** A week or day with hand-overs of its own is kept as it was written, and told: it has a form of its own in YAML. */
function Turns({ rotation, problemOf, change }: TurnsProps) {
  const { every, handover } = rotation;
  if (typeof every !== 'string')
    return (
      <div>
        <Text size="sm" fw={600}>
          Hand-overs
        </Text>
        <Text size="sm">{every.handovers.map(({ day, at }) => `${day ?? 'every day'} ${at}`).join(', ')}</Text>
        <Button
          size="xs"
          variant="default"
          mt={4}
          onClick={() => change({ ...rotation, every: '1 week', handover: { at: every.handovers[0]?.at ?? '09:00' } })}
        >
          Turns of one length
        </Button>
      </div>
    );
  const at = handover?.at ?? '';
  const weeks = /week/.test(every);
  return (
    <>
      <TextInput
        label="A turn lasts"
        description="1 week, 2 days, 8 hours."
        value={every}
        error={problemOf('rotation.every')}
        onChange={({ currentTarget: { value } }) => change(turning(rotation, value))}
      />
      <TextInput
        label="Handed over at"
        description="By the schedule’s clocks."
        type="time"
        value={at}
        error={problemOf('rotation.handover') ?? problemOf('rotation.handover.at')}
        onChange={({ currentTarget: { value } }) => change({ ...rotation, handover: { ...handover, at: value } })}
      />
      {weeks && (
        <NativeSelect
          label="Handed over on"
          description="Of turns that are whole weeks."
          data={[...DAYS]}
          value={handover?.day ?? ''}
          error={problemOf('rotation.handover.day')}
          onChange={({ currentTarget: { value } }) =>
            change({ ...rotation, handover: value === '' ? { at } : { day: value as Weekday, at } })
          }
        />
      )}
    </>
  );
}

/** Turns that are no weeks are handed over on no weekday. */
function turning(rotation: Rotation, every: string): Rotation {
  const at = rotation.handover?.at ?? '09:00';
  return /week/.test(every) ? { ...rotation, every } : { ...rotation, every, handover: { at } };
}

interface MembersProps {
  readonly members: Rotation['members'];
  readonly problem: string | null;
  readonly change: (members: Rotation['members']) => void;
}

function Members({ members, problem, change }: MembersProps) {
  const [typed, setTyped] = useState('');
  const add = () => {
    const together = typed.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]));
    const [only, ...others] = together;
    if (only === undefined) return;
    change([...members, others.length === 0 ? only : together]);
    setTyped('');
  };
  const swap = (at: number, by: 1 | -1) => {
    const moved = [...members];
    const [one] = moved.splice(at, 1);
    if (one !== undefined) moved.splice(at + by, 0, one);
    change(moved);
  };
  return (
    <Stack gap={6}>
      <Text size="sm" fw={600}>
        Who, in turn
      </Text>
      <ol className="members">
        {members.map((member, at) => {
          const ids = typeof member === 'string' ? [member] : member;
          const who = ids.join(', ');
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same person may have several turns, and a turn is its place.
            <li key={`${at} ${who}`}>
              <Group gap={4} justify="space-between" wrap="nowrap">
                <Text size="sm" truncate>
                  <People ids={ids} />
                </Text>
                <Group gap={4} wrap="nowrap">
                  {at > 0 && <Act icon="up" label={`Move ${who} up`} act={() => swap(at, -1)} />}
                  <Act
                    icon="stop"
                    label={`Take ${who} out`}
                    act={() => change(members.filter((_, index) => index !== at))}
                  />
                </Group>
              </Group>
            </li>
          );
        })}
      </ol>
      <Group
        gap="xs"
        align="flex-end"
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.defaultPrevented || event.nativeEvent.isComposing) return;
          event.preventDefault(); // it adds a turn, and does not save the schedule
          add();
        }}
      >
        <PersonField label="Add a turn" required={false} value={typed} error={problem} change={setTyped} />
        <Button variant="default" onClick={add} disabled={typed.trim() === ''}>
          Add
        </Button>
      </Group>
      <Text size="xs" c="dimmed">
        Several with commas between are on call together.
      </Text>
    </Stack>
  );
}

type Restriction = NonNullable<Layer['restrictions']>[number];
interface HoursProps {
  readonly of: readonly Restriction[];
  readonly problemOf: Props['problemOf'];
  readonly change: (restrictions: readonly Restriction[]) => void;
}

function Hours({ of, problemOf, change }: HoursProps) {
  const set = (at: number, name: 'days' | 'from' | 'to', value: string) =>
    change(
      of.map((one, index) => {
        if (index !== at) return one;
        const { [name]: _before, ...others } = one;
        return value === '' ? others : { ...others, [name]: value };
      }),
    );
  return (
    <Stack gap={6}>
      <Text size="sm" fw={600}>
        Hours
      </Text>
      {of.length === 0 && (
        <Text size="sm" c="dimmed">
          Always. Outside of hours of its own the layers before it are on call.
        </Text>
      )}
      {of.map((one, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: hours have nothing else by which they are told apart.
        <Group key={at} gap="xs" align="flex-start">
          <TextInput
            size="xs"
            aria-label={`Days of hours ${at + 1}`}
            placeholder="mon-fri, or every day"
            value={one.days ?? ''}
            error={problemOf(`restrictions.${at}.days`)}
            onChange={({ currentTarget: { value } }) => set(at, 'days', value)}
            flex="1 1 130px"
          />
          <TextInput
            size="xs"
            aria-label={`Begin of hours ${at + 1}`}
            placeholder="00:00"
            value={one.from ?? ''}
            error={problemOf(`restrictions.${at}.from`)}
            onChange={({ currentTarget: { value } }) => set(at, 'from', value)}
            flex="0 1 90px"
          />
          <TextInput
            size="xs"
            aria-label={`End of hours ${at + 1}`}
            placeholder="24:00"
            value={one.to ?? ''}
            error={problemOf(`restrictions.${at}.to`)}
            onChange={({ currentTarget: { value } }) => set(at, 'to', value)}
            flex="0 1 90px"
          />
          <Act icon="stop" label={`Remove hours ${at + 1}`} act={() => change(of.filter((_, index) => index !== at))} />
        </Group>
      ))}
      <Group>
        <Button
          size="xs"
          variant="default"
          onClick={() => change([...of, { days: 'mon-fri', from: '09:00', to: '18:00' }])}
        >
          Add hours
        </Button>
      </Group>
    </Stack>
  );
}

function Act({ icon, label, act }: { readonly icon: IconName; readonly label: string; readonly act: () => void }) {
  return (
    <ActionIcon variant="default" size={30} aria-label={label} onClick={act}>
      <Icon name={icon} size={15} />
    </ActionIcon>
  );
}

// Name, zone and layers of a schedule. Nothing can be saved while something is wrong with it; what it would mean is drawn below.
import { Autocomplete, Button, Group, Paper, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import type { Schedule } from '@relance/client';
import { type FormEvent, useMemo } from 'react';
import { type Layer, LayerForm } from './layer-form.tsx';

interface Props {
  readonly draft: Schedule;
  /** By path, as the schema says them. */
  readonly problems: ReadonlyMap<string, string>;
  readonly busy: boolean;
  /** On the button: over which version, where somebody else was faster. */
  readonly saves: string;
  readonly change: (draft: Schedule) => void;
  readonly save: () => void;
  readonly close: () => void;
}

const ZONES_SHOWN_MAX = 12;

/** Weeks from Monday morning; the newest layer wins, so it begins with nobody in it. */
const newLayer = (start: string): Layer => ({
  rotation: { every: '1 week', handover: { day: 'mon', at: '09:00' }, start, members: [] },
});

export function ScheduleForm({ draft, problems, busy, saves, change, save, close }: Props) {
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone'), []);
  const layers = draft.layers ?? [];
  const setLayers = (changed: readonly Layer[]) => change({ ...draft, layers: changed });
  const problemOf = (path: string): string | null => problems.get(path) ?? null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (problems.size === 0) save();
  };
  return (
    <Paper withBorder p="md" component="form" aria-label="Edit the schedule" onSubmit={submit}>
      <Stack gap="md">
        <Title order={2}>Edit</Title>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <TextInput
            label="Name"
            value={draft.name ?? ''}
            error={problemOf('name')}
            onChange={({ currentTarget: { value } }) => change({ ...draft, name: value === '' ? null : value })}
          />
          <Autocomplete
            label="Time zone"
            data={zones}
            limit={ZONES_SHOWN_MAX}
            comboboxProps={{ withinPortal: false }}
            value={draft.timeZone}
            error={problemOf('timeZone')}
            onChange={(timeZone) => change({ ...draft, timeZone })}
          />
        </SimpleGrid>
        <div>
          <Text fw={600}>Layers</Text>
          <Text size="sm" c="dimmed">
            Of the layers of one level the last that has anybody wins. Overrides win over them all.
          </Text>
        </div>
        {layers.map((layer, index) => (
          <LayerForm
            // biome-ignore lint/suspicious/noArrayIndexKey: a layer is its place; its name may be typed at this moment.
            key={index}
            layer={layer}
            index={index}
            last={index === layers.length - 1}
            problemOf={(path) => problemOf(`layers.${index}.${path}`)}
            change={(changed) => setLayers(layers.map((one, at) => (at === index ? changed : one)))}
            move={(by) => setLayers(moved(layers, index, by))}
            remove={() => setLayers(layers.filter((_, at) => at !== index))}
          />
        ))}
        <Group>
          <Button
            size="xs"
            variant="default"
            onClick={() => setLayers([...layers, newLayer(layers.at(-1)?.rotation.start ?? '2026-01-05')])}
          >
            Add a layer
          </Button>
        </Group>
        {problems.size > 0 && (
          <Text size="sm" role="status" className="wrong">
            {problems.size === 1 ? 'One thing is' : `${problems.size} things are`} to be mended before it can be saved:{' '}
            {[...problems.values()][0]}.
          </Text>
        )}
        <Group gap="xs">
          <Button type="submit" loading={busy} disabled={problems.size > 0}>
            {saves}
          </Button>
          <Button variant="default" onClick={close} disabled={busy}>
            Never mind
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

function moved(layers: readonly Layer[], index: number, by: 1 | -1): readonly Layer[] {
  const all = [...layers];
  const [one] = all.splice(index, 1);
  if (one !== undefined) all.splice(index + by, 0, one);
  return all;
}

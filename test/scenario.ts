// Stories of a ready policy (packages/server/ready/<id>/scenario.yaml), read and played on the core: the same lines are
// expected of the real engine, which test/scenario-engine.ts plays. The format stands in docs/guide/ready-policies.md.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ActivitySeen,
  addDuration,
  type Behaviour,
  calendarYears,
  countKey,
  type Directory,
  fromLocal,
  type Instant,
  type Policy,
  parseBehaviour,
  parseDuration,
  planSimulation,
  type Reason,
  type SimulationPlan,
  simulate,
  type Template,
  type TimelineKind,
  toLocal,
  withCalendar,
} from '@relance/core';
import { z } from 'zod';
import { compileTemplates } from '../packages/server/src/app/check-files.ts';
import { type Project, readProject } from '../packages/server/src/app/project.ts';
import { directoryOf } from '../packages/server/src/app/project-directory.ts';
import { readYamlFile } from '../packages/server/src/app/yaml-file.ts';
import { compileCalendar } from '../packages/server/src/engine/calendar-book.ts';

export const READY = join(import.meta.dirname, '..', 'packages', 'server', 'ready');
export const READY_IDS = readdirSync(READY).sort();

const data = z.record(z.string(), z.unknown());
const storySchema = z.strictObject({
  name: z.string(),
  at: z.string(),
  event: data.default({}),
  eventData: z.record(z.string(), data).default({}),
  activity: z.array(z.strictObject({ recipient: z.string(), type: z.string(), at: z.string() })).default([]),
  behaviours: z.array(z.string()).default([]),
  expect: z.array(z.string()),
  silence: z.string().default('30 days'),
});
const scenarioSchema = z.strictObject({
  policy: z.string(),
  event: z.strictObject({ type: z.string(), data }),
  stories: z.array(storySchema).min(1),
});
export type Story = z.output<typeof storySchema>;

/** A story with everything it is played with. */
export interface Scene {
  readonly id: string;
  readonly project: Project;
  readonly zone: string;
  readonly story: Story;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: Instant;
}

export function readScenario(id: string): z.output<typeof scenarioSchema> {
  const file = readYamlFile(join(READY, id, 'scenario.yaml'));
  if (file.kind === 'broken') throw new Error(`${id}: ${file.problems.map(({ message }) => message).join('; ')}`);
  return scenarioSchema.parse(file.value);
}

export interface ReadyProject {
  readonly project: Project;
  readonly policy: Policy;
  /** With their MJML compiled. */
  readonly templates: ReadonlyMap<string, Template>;
}
const projects = new Map<string, Promise<ReadyProject>>();

/** Read once, with its MJML compiled: that takes longer than to play a story. */
export function readyProject(id: string): Promise<ReadyProject> {
  const known = projects.get(id) ?? prepare(id);
  projects.set(id, known);
  return known;
}

async function prepare(id: string): Promise<ReadyProject> {
  const project = await readProject(join(READY, id));
  const compiled = project.policies[0]?.policy.compiled;
  if (compiled?.ok !== true) throw new Error(`The policy of ${id} does not compile.`);
  const { templates } = await compileTemplates(project);
  return { project, policy: compiled.policy, templates };
}

export async function sceneOf(id: string, story: Story): Promise<Scene> {
  const { event } = readScenario(id);
  const { project } = await readyProject(id);
  const zone = project.settings.zone ?? 'UTC';
  const at = momentOf(story.at, zone);
  return { id, project, zone, story, type: event.type, data: { ...event.data, ...story.event }, at };
}

/** `2026-11-02 09:00`, by the clocks of the project's zone. */
export const momentOf = (text: string, zone: string): Instant =>
  fromLocal(Date.parse(`${text.replace(' ', 'T')}:00Z`), zone);
const local = (at: Instant, zone: string): string =>
  new Date(toLocal(at, zone)).toISOString().slice(0, 16).replace('T', ' ');

/** Until when nothing more may happen: the silence, counted from the last line that has a time. */
export function endOf({ story, zone, at }: Scene): Instant {
  const last = story.expect.map((line) => /^\d{4}-\d\d-\d\d \d\d:\d\d/.exec(line)?.[0]).findLast(Boolean);
  const silence = parseDuration(story.silence);
  if (!silence.ok) throw new Error(`silence: "${story.silence}" is not a duration`);
  return addDuration(last === undefined ? at : momentOf(last, zone), 1, silence.value, zone);
}

export const behavioursOf = ({ behaviours }: Story): readonly Behaviour[] =>
  behaviours.map((text) => {
    const read = parseBehaviour(text);
    if (!read.ok) throw new Error(`"${text}": ${read.message}`);
    return read.value;
  });

export interface Line {
  readonly at: Instant;
  readonly kind: TimelineKind;
  readonly reason: Reason;
  readonly stage?: string | null;
  readonly recipient?: string | null;
  readonly channel?: string | null;
}
export interface Standing {
  readonly status: string;
  readonly outcome: string | null;
  readonly waitsFor: string | null;
}

/** A timeline as expectations write it: what was sent or failed, alarms, and how it ends. */
export function linesOf(items: readonly Line[], { status, outcome, waitsFor }: Standing, zone: string): string[] {
  const told = items.flatMap(({ at, kind, reason, stage, recipient, channel }): readonly string[] => {
    const when = local(at, zone);
    if (kind === 'message_sent') return [`${when} ${stage} ${recipient} ${channel}`];
    if (kind === 'message_failed') return [`${when} ${stage} ${recipient} ${channel} failed`];
    if (kind === 'alarm') return [`${when} alarm ${reason}`];
    if (kind === 'resolved' || kind === 'cancelled' || kind === 'expired')
      return [`${when} ${[status, outcome].filter(Boolean).join(' ')}`];
    return [];
  });
  const end = ['resolved', 'cancelled', 'expired'].includes(status) ? [] : [`${status} ${waitsFor ?? ''}`.trim()];
  return [...told.sort(), ...end];
}

/** What the core foresees. */
export async function playOnCore(scene: Scene): Promise<readonly string[]> {
  const { id, project, zone, story, type, data: said, at } = scene;
  const { policy: alone } = await readyProject(id);
  const source = alone.calendarSource;
  const written = source?.kind === 'named' ? project.calendars.find((one) => one.id === source.id)?.body : undefined;
  const reading = written === undefined ? null : await compileCalendar(id, written, calendarYears(at));
  const policy = withCalendar(alone, reading?.ok === true ? reading.calendar : null);
  const asked = { event: { type, data: said }, behaviours: story.behaviours, eventData: story.eventData };
  const planned = planSimulation(policy, asked, { now: at, tenantZone: zone });
  if (!planned.ok) throw new Error(planned.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  const { items, outcome, notes, invented } = simulate(planned.plan, among(scene, planned.plan));
  if (notes.length + invented.length > 0) throw new Error([...notes, ...invented].join('\n'));
  return linesOf(items, outcome, zone);
}

/** The people of the folder, with what they have done before it opened. */
function among({ project, zone, story, at }: Scene, { policy }: SimulationPlan): Directory {
  const asks = policy.stages.flatMap(({ when }) => when?.asks ?? []);
  const activity = new Map<string, ActivitySeen>();
  for (const recipient of new Set(story.activity.map((one) => one.recipient))) {
    const own = story.activity
      .filter((one) => one.recipient === recipient)
      .map((one) => ({ type: one.type, at: momentOf(one.at, zone), data: null, location: null }));
    const counts = asks.flatMap(({ type, window }): readonly (readonly [string, number])[] => {
      if (window === null) return [];
      const since = addDuration(at, -1, window.duration, zone);
      return [[countKey(type, window.text), own.filter((one) => one.type === type && one.at >= since).length]];
    });
    activity.set(recipient, { last: new Map(own.map((one) => [one.type, one])), counts: new Map(counts) });
  }
  return { ...directoryOf(project, zone), activity };
}

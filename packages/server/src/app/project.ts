// A project folder: relance.yaml, policies/, templates/, directory/, each optional. Read whole, every mistake reported at
// once with its file and line; nothing is applied unless everything can be read. Applying it is apply-project.ts.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join, relative } from 'node:path';
import {
  ALARM_TO,
  activityMappingSchema,
  brandingSchema,
  budgetSchema,
  calendarYears,
  canonicalTag,
  categoryDefaultsSchema,
  compileActivityMappings,
  issueWords,
  isZone,
  parseAlarmTo,
  quietHoursSchema,
  resolversSchema,
  retentionSchema,
  scheduleSchema,
  templateSchema,
  type WrittenSchedule,
  type WrittenTemplate,
} from '@relance/core';
import { z } from 'zod';
import { compileCalendar } from '../engine/calendar-book.ts';
import { calendarBodySchema, toCalendarBody } from '../http/routes/calendar.ts';
import { groupSchema, toGroup } from '../http/routes/group.ts';
import { readPolicy, type WrittenPolicy } from '../http/routes/policy.ts';
import { recipientSchema, toRecipient } from '../http/routes/recipient.ts';
import { toSchedule } from '../http/routes/schedule.ts';
import type { CalendarBody } from '../store/sql/calendar.ts';
import type { WrittenGroup } from '../store/sql/group.ts';
import type { WireRecipient } from '../store/sql/recipient.ts';
import { describeProblem, type FileProblem } from './file-problem.ts';
import { readCalendarFiles } from './project-calendar.ts';
import { readTemplateFolder } from './project-template.ts';
import { wallNow } from './wall-clock.ts';
import { type Path, readYamlFile, type YamlFile } from './yaml-file.ts';

export interface Project {
  readonly settings: z.infer<typeof settingsSchema>;
  readonly recipients: readonly WireRecipient[];
  readonly groups: readonly WrittenGroup[];
  readonly schedules: readonly { readonly id: string; readonly body: WrittenSchedule }[];
  readonly calendars: readonly { readonly id: string; readonly body: CalendarBody }[];
  readonly templates: readonly { readonly id: string; readonly written: WrittenTemplate; readonly file: string }[];
  readonly policies: readonly { readonly file: string; readonly policy: WrittenPolicy }[];
  /** Where `recipients/ana` or `schedules/primary` stands, and the path within it: for what is said of it later. */
  readonly placeOf: ReadonlyMap<string, (path: Path) => Omit<FileProblem, 'message'>>;
}

export class ProjectError extends Error {
  readonly problems: readonly FileProblem[];
  readonly next = 'Correct the files that are named; nothing was applied.';
  constructor(problems: readonly FileProblem[]) {
    super(problems.map(describeProblem).join('\n'));
    this.name = 'ProjectError';
    this.problems = problems;
  }
}

const settingsSchema = z.strictObject({
  zone: z.string().refine(isZone, 'must be an IANA time zone').optional(),
  /** What is no tag is told by refused-project.ts, which asks whether the server has it already. */
  locale: z.string().max(35).transform(canonicalTag).optional(),
  alarmTo: z
    .string()
    .max(320)
    .refine((text) => parseAlarmTo(text) !== null, `must be ${ALARM_TO}`)
    .optional(),
  name: z.string().max(200).optional(),
  /** Of those who have set none of their own, in their own zone. */
  quietHours: quietHoursSchema.optional(),
  budget: budgetSchema.optional(),
  branding: brandingSchema.optional(),
  activity: activityMappingSchema.optional(),
  /** What holds for whoever has not chosen, where a category leaves it open. */
  preferences: categoryDefaultsSchema.optional(),
  resolvers: resolversSchema.optional(),
  /** Whether mail tells that it was opened, and which links were followed. */
  tracking: z
    .strictObject({
      opens: z.boolean().default(false),
      clicks: z.boolean().default(false),
      sms: z.boolean().default(false),
    })
    .optional(),
  /** How long what is over is kept, by kind. */
  retention: retentionSchema.optional(),
  /** What `relance check` asks of every policy of the folder. */
  check: z.strictObject({ maxPerDay: z.int().min(1).optional() }).optional(),
});
const directorySchema = z.strictObject({
  recipients: z.array(z.unknown()).default([]),
  groups: z.array(z.unknown()).default([]),
  schedules: z.array(z.unknown()).default([]),
  calendars: z.array(z.unknown()).default([]),
});

const DATA = ['.yaml', '.yml', '.json'];

/** Throws ProjectError with every mistake of the folder. */
export async function readProject(folder: string): Promise<Project> {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new ProjectError([
      { file: folder, message: 'This is not a folder. Set RELANCE_PROJECT to one; an empty one is fine.' },
    ]);
  }
  const reader = new Reader(folder);
  const project: Project = {
    settings: reader.settings(),
    ...(await reader.directory()),
    templates: reader.templates(),
    policies: reader.policies(),
    placeOf: reader.placeOf,
  };
  if (reader.problems.some(({ severity }) => severity !== 'warning')) throw new ProjectError(reader.problems);
  return project;
}

type ReadFile = Extract<YamlFile, { kind: 'read' }> & { readonly name: string };

class Reader {
  readonly problems: FileProblem[] = [];
  readonly placeOf = new Map<string, (path: Path) => Omit<FileProblem, 'message'>>();
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  settings(): Project['settings'] {
    const file = existsSync(join(this.#folder, 'relance.yaml')) ? this.#read(join(this.#folder, 'relance.yaml')) : null;
    if (file === null) return {};
    this.placeOf.set('relance.yaml', (path) => this.#place(file, path));
    const settings = this.#checked(file, settingsSchema, file.value ?? {}, []) ?? {};
    for (const { path, message } of compileActivityMappings(settings.activity ?? []).problems)
      this.#problem(file, ['activity', ...partsOfPath(path)], message);
    return settings;
  }

  async directory(): Promise<Pick<Project, 'recipients' | 'groups' | 'schedules' | 'calendars'>> {
    const recipients = new Map<string, WireRecipient>();
    const groups = new Map<string, WrittenGroup>();
    const schedules = new Map<string, Project['schedules'][number]>();
    const calendars = new Map<string, Project['calendars'][number]>();
    for (const path of this.#entries('directory')) {
      const file = this.#read(path);
      const lists = file === null ? null : this.#checked(file, directorySchema, file.value ?? {}, []);
      if (file === null || lists === null) continue;
      lists.recipients.forEach((one, index) => {
        const at = ['recipients', index];
        const body = this.#checked(file, recipientSchema.required({ id: true }), one, at);
        if (body === null || this.#twice(file, at, recipients, body.id)) return;
        try {
          recipients.set(body.id, toRecipient(body.id, body));
          this.placeOf.set(`recipients/${body.id}`, (path) => this.#place(file, [...at, ...path]));
        } catch (error) {
          this.#problem(file, at, (error as { detail?: string }).detail ?? (error as Error).message);
        }
      });
      lists.groups.forEach((one, index) => {
        const at = ['groups', index];
        const body = this.#checked(file, groupSchema.required({ id: true }), one, at);
        if (body === null || this.#twice(file, at, groups, body.id)) return;
        groups.set(body.id, toGroup(body.id, body));
      });
      lists.schedules.forEach((one, index) => {
        const at = ['schedules', index];
        const body = this.#checked(file, scheduleSchema, one, at);
        if (body === null) return;
        if (body.id === undefined) this.#problem(file, [...at, 'id'], 'must be given');
        else if (!this.#twice(file, at, schedules, body.id)) {
          schedules.set(body.id, { id: body.id, body: toSchedule(body) });
          this.placeOf.set(`schedules/${body.id}`, (path) => this.#place(file, [...at, ...path]));
        }
      });
      for (const [index, one] of lists.calendars.entries()) {
        const at = ['calendars', index];
        const calendar = await this.#calendar(file, at, one);
        if (calendar !== null && !this.#twice(file, at, calendars, calendar.id)) calendars.set(calendar.id, calendar);
      }
    }
    return {
      recipients: [...recipients.values()],
      groups: [...groups.values()],
      schedules: [...schedules.values()],
      calendars: [...calendars.values()],
    };
  }

  /** Places of holidays are looked up, so that a country nobody knows shows here and not when a follow-up waits. */
  async #calendar(file: ReadFile, at: Path, one: unknown): Promise<Project['calendars'][number] | null> {
    const { value, problems } = readCalendarFiles(one, this.#folder, join(this.#folder, file.name));
    for (const { path, message } of problems) this.#problem(file, [...at, ...path], message);
    if (problems.length > 0) return null;
    const written = this.#checked(file, calendarBodySchema.required({ id: true }), value, at);
    if (written === null) return null;
    const calendar = { id: written.id, body: toCalendarBody(written) };
    const reading = await compileCalendar(calendar.id, calendar.body, calendarYears(wallNow()));
    if (reading.ok) return calendar;
    for (const { path, message } of reading.problems) this.#problem(file, [...at, ...path], message);
    return null;
  }

  templates(): Project['templates'] {
    const found = new Map<string, Project['templates'][number]>();
    for (const path of this.#entries('templates', true)) {
      const file = statSync(path).isDirectory() ? this.#templateFolder(path) : this.#read(path);
      const written = file === null ? null : this.#checked(file, templateSchema, file.value ?? {}, []);
      if (file === null || written === null) continue;
      const { id = basename(path, extname(path)) } = written;
      if (!this.#twice(file, [], found, id)) found.set(id, { id, written, file: file.name });
    }
    return [...found.values()];
  }

  policies(): Project['policies'] {
    const found = new Map<string, Project['policies'][number]>();
    for (const path of this.#entries('policies')) {
      const name = this.#name(path);
      try {
        const policy = readPolicy(readFileSync(path, 'utf8'));
        if (!policy.compiled.ok) this.problems.push(...policy.compiled.problems.map((one) => ({ ...one, file: name })));
        const id = policy.compiled.ok ? policy.compiled.policy.id : name;
        const first = found.get(id);
        if (first === undefined) found.set(id, { file: name, policy });
        else this.problems.push({ file: name, path: 'policy', message: `"${id}" stands in ${first.file} already.` });
      } catch (error) {
        this.problems.push({ file: name, message: (error as { detail?: string }).detail ?? (error as Error).message });
      }
    }
    return [...found.values()];
  }

  #templateFolder(place: string): ReadFile {
    const { body, problems } = readTemplateFolder(place);
    this.problems.push(...problems.map(({ file, message }) => ({ file: this.#name(file), message })));
    return { kind: 'read', value: body, name: this.#name(place), placeOf: () => null };
  }

  /** Files of data, and folders where they are asked for; in order, hidden ones left out. */
  #entries(part: string, folders = false): readonly string[] {
    const place = join(this.#folder, part);
    if (!existsSync(place)) return [];
    return readdirSync(place, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith('.'))
      .filter((entry) => (entry.isDirectory() ? folders : DATA.includes(extname(entry.name))))
      .map(({ name }) => join(place, name))
      .sort();
  }

  #read(path: string): ReadFile | null {
    const file = readYamlFile(path);
    if (file.kind === 'read') return { ...file, name: this.#name(path) };
    this.problems.push(...file.problems.map((problem) => ({ ...problem, file: this.#name(path) })));
    return null;
  }

  #checked<T>(file: ReadFile, schema: z.ZodType<T>, value: unknown, at: Path): T | null {
    const result = schema.safeParse(value, { error: issueWords });
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      // Of a key, what is wrong with it.
      const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
      this.#problem(file, [...at, ...issue.path], message);
    }
    return null;
  }

  /** True, and reported, when the id is taken by an earlier one. */
  #twice(file: ReadFile, at: Path, taken: ReadonlyMap<string, unknown>, id: string): boolean {
    if (!taken.has(id)) return false;
    this.#problem(file, at, `"${id}" is there twice.`);
    return true;
  }

  #problem(file: ReadFile, path: Path, message: string): void {
    this.problems.push({ ...this.#place(file, path), message });
  }

  #place(file: ReadFile, path: Path): Omit<FileProblem, 'message'> {
    return { file: file.name, path: written(path), ...(file.placeOf(path) ?? {}) };
  }

  #name(file: string): string {
    return relative(this.#folder, file);
  }
}

/** `[0].recipient` as its parts. */
const partsOfPath = (path: string): Path =>
  (path.match(/[^.[\]]+/g) ?? []).map((part) => (/^\d+$/.test(part) ? Number(part) : part));

/** `recipients[0].email`, as problems of policies write it. */
const written = (path: Path): string =>
  path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('');

// A project folder: relance.yaml, policies/, templates/, directory/, each optional. Read whole, every mistake reported
// with its file; nothing is applied unless everything can be read. Applying it is apply-project.ts.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join, relative } from 'node:path';
import { isZone, type Problem } from '@relance/core';
import { parse } from 'yaml';
import { z } from 'zod';
import { checkText } from '../http/json.ts';
import { groupSchema } from '../http/routes/group.ts';
import { readPolicy, type WrittenPolicy } from '../http/routes/policy.ts';
import { recipientSchema, toRecipient } from '../http/routes/recipient.ts';
import { templateSchema, type WrittenTemplate } from '../http/routes/template.ts';
import type { WireGroup } from '../store/sql/group.ts';
import type { WireRecipient } from '../store/sql/recipient.ts';

export interface FileProblem extends Pick<Problem, 'message'> {
  readonly file: string;
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
  readonly severity?: 'error' | 'warning';
}

export interface Project {
  readonly settings: z.infer<typeof settingsSchema>;
  readonly recipients: readonly WireRecipient[];
  readonly groups: readonly WireGroup[];
  readonly templates: readonly { readonly id: string; readonly written: WrittenTemplate; readonly file: string }[];
  readonly policies: readonly { readonly file: string; readonly policy: WrittenPolicy }[];
}

export class ProjectError extends Error {
  readonly problems: readonly FileProblem[];
  readonly next = 'Correct the files that are named; nothing was applied.';
  constructor(problems: readonly FileProblem[]) {
    super(
      problems
        .map(
          (one) =>
            `${one.file}${one.line === undefined ? '' : `:${one.line}`}: ${one.path === undefined || one.path === '' ? '' : `${one.path}: `}${one.message}`,
        )
        .join('\n'),
    );
    this.name = 'ProjectError';
    this.problems = problems;
  }
}

const settingsSchema = z.strictObject({
  zone: z.string().refine(isZone, 'must be an IANA time zone').optional(),
  locale: z.string().max(35).optional(),
  alarmTo: z.string().max(320).optional(),
  name: z.string().max(200).optional(),
  quietHours: z.unknown().optional(),
  budget: z.unknown().optional(),
  branding: z.record(z.string(), z.unknown()).optional(),
  activity: z.unknown().optional(),
});
const NOT_BUILT = ['quietHours', 'budget', 'activity'] as const;
const directorySchema = z.strictObject({
  recipients: z.array(z.unknown()).default([]),
  groups: z.array(z.unknown()).default([]),
  schedules: z.array(z.unknown()).default([]),
  calendars: z.array(z.unknown()).default([]),
});

/** Throws ProjectError with every mistake of the folder. */
export async function readProject(folder: string): Promise<Project> {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new ProjectError([
      { file: folder, message: 'This is not a folder. Set RELANCE_PROJECT to one; an empty one is fine.' },
    ]);
  const problems: FileProblem[] = [];
  const reader = new Reader(folder, problems);
  const project: Project = {
    settings: reader.settings(),
    ...reader.directory(),
    templates: reader.templates(),
    policies: reader.policies(),
  };
  if (problems.some((problem) => problem.severity !== 'warning')) throw new ProjectError(problems);
  return project;
}

class Reader {
  readonly #folder: string;
  readonly #problems: FileProblem[];
  constructor(folder: string, problems: FileProblem[]) {
    this.#folder = folder;
    this.#problems = problems;
  }

  settings(): Project['settings'] {
    const file = join(this.#folder, 'relance.yaml');
    if (!existsSync(file)) return {};
    const settings = this.#checked(file, settingsSchema, this.#yaml(file) ?? {}) ?? {};
    for (const name of NOT_BUILT)
      if (settings[name] !== undefined) this.#problem(file, `\`${name}\` is not built yet. Remove it.`, name);
    return settings;
  }

  directory(): Pick<Project, 'recipients' | 'groups'> {
    const recipients: WireRecipient[] = [];
    const groups: WireGroup[] = [];
    for (const file of this.#files('directory', ['.yaml', '.yml', '.json'])) {
      const lists = this.#checked(file, directorySchema, this.#yaml(file) ?? {});
      if (lists === null) continue;
      for (const name of ['schedules', 'calendars'] as const)
        if (lists[name].length > 0) this.#problem(file, `\`${name}\` are not built yet. Remove them.`, name);
      lists.recipients.forEach((one, index) => {
        const body = this.#checked(file, recipientSchema.required({ id: true }), one, `recipients.${index}`);
        if (body?.id !== undefined)
          this.#attempt(file, `recipients.${index}`, () => recipients.push(toRecipient(body.id as string, body)));
      });
      lists.groups.forEach((one, index) => {
        const body = this.#checked(file, groupSchema.required({ id: true }), one, `groups.${index}`);
        if (body?.id !== undefined) groups.push({ id: body.id, name: body.name ?? null, members: body.members });
      });
    }
    return { recipients, groups };
  }

  templates(): Project['templates'] {
    const single = this.#files('templates', ['.yaml', '.yml', '.json']).map((file) => ({
      file,
      id: basename(file, extname(file)),
      body: this.#yaml(file),
    }));
    const folders = this.#folders('templates').map((place) => ({
      file: place,
      id: basename(place),
      body: this.#folderTemplate(place),
    }));
    return [...single, ...folders].flatMap(({ file, id, body }) => {
      const written = this.#checked(file, templateSchema, body ?? {});
      return written === null ? [] : [{ id, written, file: this.#name(file) }];
    });
  }

  policies(): Project['policies'] {
    return this.#files('policies', ['.yaml', '.yml', '.json']).flatMap((file) => {
      let policy: WrittenPolicy | null = null;
      this.#attempt(file, '', () => {
        policy = readPolicy(readFileSync(file, 'utf8'));
      });
      const read = policy as WrittenPolicy | null;
      if (read === null) return [];
      if (!read.compiled.ok)
        for (const problem of read.compiled.problems) this.#problems.push({ ...problem, file: this.#name(file) });
      return [{ file: this.#name(file), policy: read }];
    });
  }

  /** templates/<id>/email.html, email.txt, email.subject.txt, email.mjml, sms.txt, push.json, inbox.json, chat.txt; folders inside are locales. */
  #folderTemplate(place: string): Record<string, unknown> {
    const text = (name: string): string | undefined =>
      existsSync(join(place, name)) ? readFileSync(join(place, name), 'utf8') : undefined;
    const json = (name: string): unknown => (existsSync(join(place, name)) ? this.#yaml(join(place, name)) : undefined);
    const email = {
      subject: text('email.subject.txt')?.trim(),
      mjml: text('email.mjml'),
      html: text('email.html'),
      text: text('email.txt'),
    };
    const sms = text('sms.txt');
    const chat = text('chat.txt');
    const parts = {
      ...(Object.values(email).some((one) => one !== undefined)
        ? { email: Object.fromEntries(Object.entries(email).filter(([, one]) => one !== undefined)) }
        : {}),
      ...(sms === undefined ? {} : { sms: { text: sms.trim() } }),
      ...(chat === undefined ? {} : { chat: { text: chat.trim() } }),
      ...(json('push.json') === undefined ? {} : { push: json('push.json') }),
      ...(json('inbox.json') === undefined ? {} : { inbox: json('inbox.json') }),
    };
    const locales = readdirSync(place, { withFileTypes: true })
      .filter((one) => one.isDirectory())
      .map((one) => [one.name, this.#folderTemplate(join(place, one.name))] as const);
    return locales.length === 0 ? parts : { ...parts, locales: Object.fromEntries(locales) };
  }

  #files(part: string, endings: readonly string[]): string[] {
    const place = join(this.#folder, part);
    if (!existsSync(place)) return [];
    return readdirSync(place, { withFileTypes: true })
      .filter((one) => one.isFile() && endings.includes(extname(one.name)))
      .map((one) => join(place, one.name))
      .sort();
  }

  #folders(part: string): string[] {
    const place = join(this.#folder, part);
    if (!existsSync(place)) return [];
    return readdirSync(place, { withFileTypes: true })
      .filter((one) => one.isDirectory())
      .map((one) => join(place, one.name))
      .sort();
  }

  #yaml(file: string): unknown {
    let value: unknown;
    this.#attempt(file, '', () => {
      value = JSON.parse(
        JSON.stringify(
          parse(readFileSync(file, 'utf8'), { version: '1.2', schema: 'core', maxAliasCount: 50 }) ?? null,
        ),
      );
      checkText(value, '');
    });
    return value;
  }

  #checked<T>(file: string, schema: z.ZodType<T>, value: unknown, path = ''): T | null {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues)
      this.#problem(file, issue.message, [path, ...issue.path.map(String)].filter((part) => part !== '').join('.'));
    return null;
  }

  #attempt(file: string, path: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#problem(file, (error as Error).message, path);
    }
  }

  #problem(file: string, message: string, path: string): void {
    this.#problems.push({ file: this.#name(file), path, message });
  }

  #name(file: string): string {
    return relative(this.#folder, file);
  }
}

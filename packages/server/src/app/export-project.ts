// What a running server has, as the files of a project folder that `relance apply` then finds unchanged: policies and
// templates a file each, groups, schedules and calendars in `directory/`, people where they are asked for. Settings are the
// server's own and no part of it. The way back is apply-remote.ts.
import type { Client } from '@relance/client';
import { policySchema } from '@relance/core';
import { stringify } from 'yaml';

const PAGE_MAX = 200;
const FILE_NAME_MAX = 80;

type Fields = Readonly<Record<string, unknown>>;
type Files = Readonly<Record<string, string>>;

/** By path, with `/` between folders. */
export async function exportProject(
  client: Client,
  { people = false }: { readonly people?: boolean } = {},
): Promise<Files> {
  return {
    ...policyFiles(await listed(client.policies.list)),
    ...templateFiles(await listed(client.templates.list)),
    ...directoryFiles({
      recipients: people ? await listed(client.recipients.list) : [],
      groups: await listed(client.groups.list),
      schedules: await listed(client.schedules.list),
      calendars: await listed(client.calendars.list),
    }),
  };
}

interface Page {
  readonly items: readonly object[];
  readonly nextCursor: string | null;
}

async function listed(
  list: (query: Readonly<Record<string, string | number>>) => Promise<Page>,
): Promise<readonly Fields[]> {
  const all: object[] = [];
  let cursor: string | null = null;
  do {
    const page: Page = await list({ limit: PAGE_MAX, ...(cursor === null ? {} : { cursor }) });
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return all as readonly Fields[];
}

function policyFiles(rows: readonly Fields[]): Files {
  const name = namer();
  return Object.fromEntries(
    rows.map(({ id, policy }) => [`policies/${name(String(id))}.yaml`, toYaml(inOrder(policy as Fields))]),
  );
}

/** A template is called as its file is, unless it says its id. */
function templateFiles(rows: readonly Fields[]): Files {
  const name = namer();
  return Object.fromEntries(
    rows.map(({ id, version: _version, ...parts }) => {
      const file = name(String(id));
      return [`templates/${file}.yaml`, toYaml(file === id ? parts : { id, ...parts })];
    }),
  );
}

const directoryFiles = (directory: Readonly<Record<string, readonly Fields[]>>): Files =>
  Object.fromEntries(
    Object.entries(directory).flatMap(([noun, list]) =>
      list.length === 0 ? [] : [[`directory/${noun}.yaml`, toYaml({ [noun]: list.map(concise) })]],
    ),
  );

/** Unfolded: a folded line would hide what has changed in a text. */
const toYaml = (value: unknown): string => stringify(value, { version: '1.2', schema: 'core', lineWidth: 0 });

/** What says nothing is left out. */
const concise = ({ version: _version, ...one }: Fields): Fields =>
  Object.fromEntries(
    Object.entries(one).filter(
      ([, value]) => value !== null && (typeof value !== 'object' || Object.keys(value).length > 0),
    ),
  );

const POLICY_KEYS = Object.keys(policySchema.shape);
const STAGE_KEYS = Object.keys(policySchema.shape.stages.element.shape);

/** Older versions lost their order in the database; people read a policy in that of its reference. */
function inOrder({ stages, ...policy }: Fields): Fields {
  const ordered = Array.isArray(stages) ? stages.map((stage: Fields) => sorted(stage, STAGE_KEYS)) : stages;
  return sorted({ ...policy, stages: ordered }, POLICY_KEYS);
}

const sorted = (fields: Fields, order: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b)));

/** Names that every file system takes, also one to which `Task` and `task` are the same. */
function namer(): (id: string) => string {
  const taken = new Set<string>();
  return (id) => {
    const plain =
      id
        .replaceAll(/[^A-Za-z0-9._@+-]+/g, '-')
        .replace(/^[.-]+/, '')
        .slice(0, FILE_NAME_MAX) || 'unnamed';
    let name = plain;
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${plain}-${number}`;
    taken.add(name.toLowerCase());
    return name;
  };
}

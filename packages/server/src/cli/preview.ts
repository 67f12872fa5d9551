// `relance preview <template>`: what a template says to somebody, on a channel, in their language. One of a project folder is shown
// here, without a server; an id is asked of the server, which also knows real follow-ups and can send a test.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { PreviewRequest, TemplatePreview } from '@relance/client';
import { CHANNELS, type Channel } from '@relance/core';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { templateAt } from '../app/project-directory.ts';
import { wallNow } from '../app/wall-clock.ts';
import { connect } from './connect.ts';
import { say, trouble, warn } from './say.ts';

const ROLES = ['notice', 'reminder', 'final', 'escalation', 'update', 'confirmation'] as const;

interface Options {
  readonly channel: Channel;
  readonly recipient?: string;
  readonly locale?: string;
  readonly role?: (typeof ROLES)[number];
  readonly data?: string;
  readonly followUp?: string;
  readonly at?: string;
  readonly json?: boolean;
  readonly html?: string;
  readonly sendTo?: string;
}

const EXAMPLES = `
Examples:
  relance preview my-project/templates/invoice --locale fr --data invoice.json
  relance preview my-project:invoice --channel sms
  relance preview invoice --follow-up 0193a1b2-c3d4-7000-8000-000000000002 --html invoice.html
  relance preview invoice --recipient ana --send-to ana@example.com
  relance preview invoice --channel inbox --send-to ana`;

export function previewCommand(program: Command): void {
  program
    .command('preview <template>')
    .description('what a template says: one of a project folder, or the id of a stored one')
    .addOption(new Option('--channel <channel>', 'on which channel').choices(CHANNELS).default('email'))
    .option('--recipient <id>', 'to whom')
    .option('--locale <locale>', 'in which language')
    .addOption(new Option('--role <role>', 'of what kind of stage').choices(ROLES))
    .option('--data <file>', 'the data of the follow-up, or an event with it, as JSON')
    .option('--follow-up <id>', 'of a real follow-up, with its data')
    .option('--at <time>', 'at this time, as RFC 3339; now when not given', readTime)
    .option('--json', 'as JSON')
    .option('--html <file>', 'write the HTML of an email into a file')
    .option('--send-to <address>', 'send it there as a test, by the server; on inbox: the id of a recipient')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: Options) => {
      const shown = await show(name, options);
      if (options.html !== undefined) writeHtml(options.html, shown);
      if (options.json === true) say(JSON.stringify(shown, null, 2));
      else print(shown);
      if (options.sendTo !== undefined) await sendTest(name, options);
    });
}

function readTime(text: string): string {
  if (Number.isNaN(Date.parse(text))) throw new InvalidArgumentError('Write RFC 3339, as in 2026-11-02T09:00:00Z.');
  return text;
}

async function show(name: string, options: Options): Promise<TemplatePreview> {
  const place = placeOf(name);
  if (place === null) return connect().templates.preview(name, requestOf(options));
  if (options.followUp !== undefined || options.sendTo !== undefined)
    throw trouble(
      `A folder has no follow-ups, and sends nothing: "${name}".`,
      'Apply it with relance apply, and name the template by its id.',
    );
  const { previewFiles } = await import('../app/preview-files.ts');
  const { data = {}, subject = {} } = requestOf(options);
  const shown = await previewFiles(place.home, place.id, {
    channel: options.channel,
    recipient: options.recipient ?? null,
    locale: options.locale ?? null,
    role: options.role ?? 'notice',
    data,
    subject,
    now: (options.at === undefined ? wallNow() : Date.parse(options.at)) as ReturnType<typeof wallNow>,
  });
  return { ...shown, content: { ...shown.content } };
}

/** `folder:id`, or a path in `templates/`; null: the id of a stored one. */
function placeOf(name: string): { readonly home: string; readonly id: string } | null {
  const colon = name.lastIndexOf(':');
  const [folder, id] = [name.slice(0, Math.max(0, colon)), name.slice(colon + 1)];
  if (folder !== '' && /^[^/\\]+$/.test(id) && existsSync(folder)) return { home: folder, id };
  if (existsSync(name)) {
    const place = templateAt(name);
    if (place !== null) return place;
    throw trouble(`"${name}" is no template.`, 'Name a folder in `templates/`, or write my-project:template.');
  }
  if (/[/\\]/.test(name))
    throw trouble(`There is no file or folder "${name}".`, 'Give a path that exists, or the id of a stored template.');
  return null;
}

function requestOf({ channel, recipient, locale, role, followUp, at, data }: Options): PreviewRequest {
  const given = { recipient, locale, role, followUp, at };
  return {
    channel,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...(data === undefined ? {} : { data: readData(data) }),
  };
}

/** Data alone, or an event with it. */
function readData(file: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw trouble(`The data "${file}" cannot be read: ${(error as Error).message}.`, 'Give a file with JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw trouble(`The file "${file}" has no JSON object.`, 'Give a file with the data as one object.');
  const { specversion, data } = value as { readonly specversion?: unknown; readonly data?: unknown };
  return (specversion !== undefined && typeof data === 'object' && data !== null ? data : value) as Record<
    string,
    unknown
  >;
}

function writeHtml(file: string, { content }: TemplatePreview): void {
  if (content.html === undefined)
    throw trouble('There is no HTML to write.', 'Leave --html out, or give the email HTML.');
  writeFileSync(file, content.html);
}

function print({ content, missing }: TemplatePreview): void {
  if (content.subject !== undefined) say(`${content.subject}\n`);
  say(content.text);
  if (missing.length > 0) warn(`\nNo value: ${missing.join(', ')}`);
}

async function sendTest(name: string, options: Options): Promise<void> {
  const { outcome } = await connect().templates.test(name, { ...requestOf(options), address: options.sendTo ?? '' });
  if (outcome.kind !== 'accepted')
    throw trouble(
      `The test was not sent (${outcome.kind}): ${outcome.detail ?? ''}.`,
      options.channel === 'inbox' ? 'Give --send-to the id of a recipient.' : 'See relance doctor.',
    );
  say(`\nSent to ${options.sendTo}${outcome.detail == null || outcome.detail === '' ? '' : ` (${outcome.detail})`}.`);
}

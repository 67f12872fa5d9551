// A template written as a folder: templates/<id>/{email.subject.txt, email.html | email.mjml, email.txt, email.json (what goes
// with it), sms.txt, push.json, inbox.json, chat.json, webhook.txt, template.json (its language)}; folders inside are locales
// with the same files. Becomes the shape that PUT /v1/templates takes.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { didYouMean } from '@relance/core';

export interface TemplateFolder {
  /** As written; not checked yet. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly problems: readonly { readonly file: string; readonly message: string }[];
}

/** Where in the template each file goes. Texts lose the line end that editors add. */
type Place = readonly [channel: string, field: string] | readonly [channel: string] | readonly [];
export const FILES: Readonly<Record<string, Place>> = {
  'email.subject.txt': ['email', 'subject'],
  'email.html': ['email', 'html'],
  'email.mjml': ['email', 'mjml'],
  'email.txt': ['email', 'text'],
  'sms.txt': ['sms', 'text'],
  'webhook.txt': ['webhook', 'text'],
  'push.json': ['push'],
  'inbox.json': ['inbox'],
  'chat.json': ['chat'],
  'email.json': ['email'],
  'template.json': [],
};
const LOCALE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

export function readTemplateFolder(place: string, localesAllowed = true): TemplateFolder {
  const body: Record<string, unknown> = {};
  const locales: Record<string, unknown> = {};
  const problems: { file: string; message: string }[] = [];
  for (const entry of readdirSync(place, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = join(place, entry.name);
    if (entry.isDirectory()) {
      if (!localesAllowed || !LOCALE.test(entry.name)) {
        problems.push({ file, message: `"${entry.name}" is not a locale such as "fr" or "pt-BR".` });
        continue;
      }
      const locale = readTemplateFolder(file, false);
      locales[entry.name] = locale.body;
      problems.push(...locale.problems);
    } else if (!entry.name.startsWith('.')) {
      const problem = take(body, entry.name, file);
      if (problem !== null) problems.push({ file, message: problem });
    }
  }
  return { body: Object.keys(locales).length === 0 ? body : { ...body, locales }, problems };
}

/** Puts one file where it belongs; answers what is wrong with it. */
function take(body: Record<string, unknown>, name: string, file: string): string | null {
  const part = FILES[name];
  if (part === undefined)
    return `No template has a file "${name}". Known: ${Object.keys(FILES).join(', ')}.${didYouMean(name, Object.keys(FILES))}`;
  const text = readFileSync(file, 'utf8');
  const [channel, field] = part;
  if (channel !== undefined && field !== undefined) {
    body[channel] = { ...(body[channel] as object | undefined), [field]: text.trimEnd() };
    return null;
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'This is not a JSON object.';
    if (channel === undefined) return takeLanguage(body, value);
    body[channel] = { ...(body[channel] as object | undefined), ...value };
    return null;
  } catch (error) {
    return `This is not JSON: ${(error as Error).message}.`;
  }
}

function takeLanguage(body: Record<string, unknown>, value: object): string | null {
  const other = Object.keys(value).find((name) => name !== 'language');
  if (other !== undefined) return `This says \`language\` alone, and "${other}" is not known.`;
  Object.assign(body, value);
  return null;
}

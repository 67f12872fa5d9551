// Shows a template of a project folder without a server, as http/template-preview.ts does with one: among the folder's own people,
// of a follow-up that is invented but for what is given.
import {
  blankRecipient,
  type Channel,
  type Content,
  type Instant,
  inventedSeeing,
  localeOfWords,
  missingIn,
  PAGES_SEEN,
  render,
  type StageRole,
} from '@relance/core';
import { linksFor } from '../responses/action-link.ts';
import { pageLabel } from '../responses/page-link.ts';
import { compileTemplates } from './check-files.ts';
import { describeProblem } from './file-problem.ts';
import { readProject } from './project.ts';
import { directoryOf } from './project-directory.ts';

export interface PreviewFilesAsk {
  readonly channel: Channel;
  readonly recipient: string | null;
  readonly locale: string | null;
  readonly role: StageRole;
  readonly data: Readonly<Record<string, unknown>>;
  readonly subject: Readonly<Record<string, unknown>>;
  readonly now: Instant;
}

export interface PreviewedFile {
  readonly channel: Channel;
  readonly locale: string;
  readonly content: Content;
  readonly missing: readonly string[];
}

/** Throws an error with a sentence and a next step where it cannot be shown. */
export async function previewFiles(home: string, id: string, ask: PreviewFilesAsk): Promise<PreviewedFile> {
  const project = await readProject(home);
  const { templates, problems } = await compileTemplates(project);
  const template = templates.get(id);
  if (template === undefined) {
    const own = problems.filter(({ file }) => project.templates.find((one) => one.file === file)?.id === id);
    if (own.length > 0) throw trouble(own.map(describeProblem).join('\n'), 'Correct the files that are named.');
    const ids = project.templates.map((one) => one.id).join(', ');
    throw trouble(`There is no template "${id}" in ${home}.`, `It has: ${ids === '' ? 'none' : ids}.`);
  }
  const { recipients, tenant } = directoryOf(project, project.settings.zone ?? null);
  const known = ask.recipient === null ? undefined : recipients.get(ask.recipient);
  if (ask.recipient !== null && known === undefined)
    throw trouble(`There is no recipient "${ask.recipient}" in ${home}.`, 'Name one of `directory/`, or none.');
  const person = known ?? { ...blankRecipient('preview'), name: 'Preview' };
  const locale = ask.locale ?? person.locale ?? tenant.locale;
  const own = project.policies.flatMap(({ policy: { compiled } }) => (compiled.ok ? compiled.policy.actions : []));
  const said = localeOfWords({ template, channel: ask.channel, locale, tenantLocale: tenant.locale });
  const links = linksFor(said, own).map(({ name, ...link }) => [name, { ...link, url: `${PAGE}${name}` }] as const);
  const pages = Object.fromEntries(
    PAGES_SEEN.map((name) => [name, { url: `${PAGE}${name}`, label: pageLabel(name, said) }]),
  );
  const input = {
    ...inventedSeeing({
      ...ask,
      recipient: { ...person, locale },
      tenant,
      actions: Object.fromEntries(links),
      links: pages,
    }),
    template,
    channel: ask.channel,
  };
  const rendered = render(input);
  if (!rendered.ok) throw trouble(rendered.detail, 'Correct the template.');
  return { channel: ask.channel, locale: rendered.locale, content: rendered.content, missing: missingIn(input) };
}

/** Links of a preview lead nowhere. */
const PAGE = 'https://example.com/a/';

const trouble = (message: string, next: string): Error => Object.assign(new Error(message), { next });

// That there are words for every channel and language a policy may send in (`templates_have_words` of proof.ts), and that its
// templates read only what is there (`templates_read_what_exists`). Built-in words speak on every channel, so a policy that
// names no template has them; a template that leaves a channel out would have them speak in its place.
import type { PolicyEvent } from './clause.ts';
import type { Template, TemplateParts } from './content.ts';
import { type DataSeen, dataSeen } from './data-seen.ts';
import { didYouMean } from './policy/nearest.ts';
import type { Channel, Notify, Policy, Stage } from './policy/policy.ts';
import type { Problem } from './policy/problem.ts';
import { type KnownWorld, type Proof, refuted } from './proof-claim.ts';
import { urgenciesOf } from './proof-urgency.ts';
import { textsOf } from './render.ts';
import { ANYBODY, planFor } from './route.ts';
import { type Unseen, unseenIn } from './template/name-check.ts';
import { type Read, readsOf } from './template/reads.ts';
import { templateScope } from './template/seen.ts';
import { languageOf, wordsAlong } from './template/words-for.ts';

export interface KnownWords {
  /** Those that the policy names and that exist, their MJML as HTML. */
  readonly templates: ReadonlyMap<string, Template>;
  /** In which people read, the tenant's first. */
  readonly locales: readonly [string, ...string[]];
  /** Whole events, as systems send them. */
  readonly examples: readonly PolicyEvent[];
}

/** The tenant's own language, and those of people and of templates, each once. */
export function localesOf(
  own: string,
  people: Iterable<{ readonly locale?: string | null | undefined }>,
  templates: Iterable<{ readonly locales?: object | undefined }>,
): KnownWords['locales'] {
  const others = [...people].map(({ locale }) => locale ?? own);
  const named = new Set([...others, ...[...templates].flatMap(({ locales = {} }) => Object.keys(locales))]);
  named.delete(own);
  return [own, ...[...named].sort()];
}

interface Use {
  readonly notify: Notify;
  readonly path: string;
  readonly stage: Stage | null;
}

const usesOf = ({ stages, closing }: Policy): readonly Use[] => [
  ...stages.flatMap((stage) =>
    stage.notify.map((notify, index) => ({
      notify,
      stage,
      path: placeOf(`stages[${stage.index}]`, stage.notify, index),
    })),
  ),
  ...(['resolved', 'cancelled', 'expired'] as const).flatMap((status) =>
    closing[status].map((notify, index) => ({ notify, stage: null, path: placeOf(status, closing[status], index) })),
  ),
];
const placeOf = (place: string, all: readonly Notify[], index: number): string =>
  `${place}.notify${all.length === 1 ? '' : `[${index}]`}.template`;

export function proveWords(policy: Policy, { directory }: KnownWorld, words: KnownWords): Proof {
  const people = [ANYBODY, ...directory.recipients.values()];
  const missing = new Map<string, Problem>();
  const named = new Set<string>();
  for (const { notify, path, stage } of usesOf(policy)) {
    const template = notify.template === null ? undefined : words.templates.get(notify.template);
    if (template === undefined) continue;
    named.add(template.id);
    const plans = urgenciesOf(policy, stage).flatMap((urgency) =>
      people.map((person) => planFor(notify.via, person, urgency)),
    );
    const channels = new Set(plans.flat().map(({ channel }) => channel));
    for (const problem of gapsOf(template, channels, words.locales, path))
      missing.set(`${template.id} ${problem.message}`, missing.get(`${template.id} ${problem.message}`) ?? problem);
  }
  const problems = [...missing.values()];
  const first = problems.find(({ severity }) => severity === 'error');
  const text =
    first?.message ??
    (named.size === 0
      ? 'It names no template: the built-in words speak on every channel.'
      : `Each of its ${named.size} templates has words on every channel it is sent on, in ${words.locales.join(', ')}${problems.length === 0 ? '' : ', or in its own language'}.`);
  return { claim: 'templates_have_words', holds: first === undefined, text, problems };
}

function gapsOf(
  template: Template,
  channels: ReadonlySet<Channel>,
  [own, ...others]: KnownWords['locales'],
  path: string,
): readonly Problem[] {
  // A webhook is sent the facts; words are only a part of them.
  const spoken = [...channels].filter((channel) => channel !== 'webhook');
  const lacks = (parts: TemplateParts | undefined, channel: Channel) => parts === undefined || !speaks(parts, channel);
  const inLocale = (locale: string, channel: Channel): boolean =>
    wordsAlong(template, locale).some(([, parts]) => !lacks(parts, channel));
  const silent = spoken.filter((channel) =>
    [own, ...others].some(
      (locale) => !inLocale(locale, channel) && !inLocale(own, channel) && lacks(template, channel),
    ),
  );
  const foreign = others.flatMap((locale): readonly Problem[] => {
    const left = spoken.filter((channel) => !silent.includes(channel) && !inLocale(locale, channel));
    if (left.length === 0 || languageOf(locale) === languageOf(own)) return [];
    const message = `The template "${template.id}" has no words in ${locale} for ${left.join(', ')}, so whoever reads ${locale} gets its words in ${left.every((channel) => inLocale(own, channel)) ? own : (template.language ?? own)}; add them under \`locales\`.`;
    return [{ ...refuted('policy_words_missing', path, message), severity: 'warning' }];
  });
  if (silent.length === 0) return foreign;
  const message = `The template "${template.id}" has no words for ${silent.join(', ')}, where built-in words would be sent in its place; write them, or leave the channel out of \`via\`.`;
  return [refuted('policy_words_missing', path, message), ...foreign];
}

function speaks(parts: TemplateParts, channel: Channel): boolean {
  const texts: readonly (string | undefined)[] =
    channel === 'email'
      ? [parts.email?.html, parts.email?.text, parts.email?.mjml]
      : channel === 'push' || channel === 'inbox'
        ? [parts[channel]?.title, parts[channel]?.body]
        : [parts[channel]?.text];
  return texts.some((text) => text !== undefined && text.trim() !== '');
}

export function proveReads(policy: Policy, words: KnownWords): Proof {
  const data = dataSeen(policy, words.examples);
  const scope = templateScope(
    data?.seen ?? null,
    policy.actions.map(({ id }) => id),
  );
  const problems: Problem[] = [];
  const unseen = new Set<string>();
  const judge = (reads: readonly Read[], place: string, path: string): void => {
    for (const read of reads) {
      const fault = unseenIn(scope, read.path);
      // One template may serve policies with other data and other buttons: what it asks for first may be missing.
      if (fault === null || (read.guarded && varies(read))) continue;
      if (read.path[0] === 'data' && data?.by === 'examples') unseen.add(read.path.join('.'));
      else problems.push(faultText(read, fault, { place, path }));
    }
  };
  const judged = new Set<string>();
  for (const { notify, path, stage } of usesOf(policy)) {
    if (stage?.consequence != null) {
      const at = `stages[${stage.index}].consequence`;
      if (!judged.has(at)) judge(readsOf(stage.consequence, 'plain'), `The consequence of stage "${stage.id}"`, at);
      judged.add(at);
    }
    const template =
      notify.template === null || judged.has(notify.template) ? undefined : words.templates.get(notify.template);
    if (template === undefined) continue;
    judged.add(template.id);
    for (const { path: part, text, writing } of textsOf(template))
      judge(readsOf(text, writing), `The template "${template.id}" (${part})`, path);
  }
  if (unseen.size > 0) problems.push(unseenText([...unseen]));
  const readsAny = judged.size > 0;
  const first = problems.find(({ severity }) => severity === 'error');
  return {
    claim: 'templates_read_what_exists',
    holds: first === undefined,
    text:
      first?.message ??
      (readsAny ? `Its templates read only names that exist${ofData(data, unseen.size)}.` : NOTHING_READ),
    problems: distinct(problems),
  };
}

const NOTHING_READ = 'It names no template whose names could be wrong.';

/** A fault that stands in several parts is told once. */
const distinct = (problems: readonly Problem[]): readonly Problem[] => [
  ...new Map(problems.map((one) => [`${one.path} ${one.message.replace(/ \([^()]*\)/, '')}`, one])).values(),
];

const ofData = (data: DataSeen | null, unseen: number): string => {
  if (data === null) return '; what of `data` they read nothing says, without an example event in `events/`';
  if (data.by === 'written') return ', and data that `data` writes';
  return unseen === 0
    ? ', and data that an example event shows'
    : ', but not all data that they read is in an example event';
};

/** What is there is the policy's own. */
const varies = ({ path: [first = ''] }: Read): boolean => /^(?:data|actions)$/.test(first);

function faultText({ path, guarded }: Read, { known, near }: Unseen, at: { place: string; path: string }): Problem {
  const name = path[known] ?? '';
  const whole = path.slice(0, known + 1).join('.');
  const next =
    path[0] === 'data'
      ? 'add it to `data` of the policy, or correct the name'
      : path[0] === 'actions'
        ? 'add it to `actions` of the policy, or ask for it with `if`'
        : 'correct the name, or remove it';
  const missing = guarded ? 'so what asks for it never finds it' : 'so nothing will stand there';
  const message = `${at.place} reads \`${whole}\`, which is never there, ${missing}; ${next}.${didYouMean(name, near)}`;
  return { ...refuted('policy_words_unknown', at.path, message), ...(guarded ? { severity: 'warning' } : {}) };
}

function unseenText(unseen: readonly string[]): Problem {
  const named = unseen
    .toSorted()
    .map((one) => `\`${one}\``)
    .join(', ');
  const message = `Its templates read ${named}, which no example event shows; add it to one in \`events/\`, correct the name, or write what stands there otherwise with \`default\`.`;
  return { ...refuted('policy_words_unknown', 'data', message), severity: 'warning' };
}

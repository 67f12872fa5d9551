// What a guide has its reader write and do. Fenced blocks of YAML whose first line names the file, as in
// `# directory/on-duty.yaml`: tests write them beside what `relance init` makes. Blocks of code whose first line names a file of
// examples/, which tests run where it stands. And each `curl`, read as its shell would.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { STARTER } from '../packages/server/src/cli/init.ts';

export const guideText = (document: string): string =>
  readFileSync(new URL(`../docs/guide/${document}`, import.meta.url), 'utf8');

export function guideFiles(document: string): Readonly<Record<string, string>> {
  const blocks = [...guideText(document).matchAll(/```yaml\n# ([\w./-]+\.yaml)\n([\s\S]*?)```/g)];
  return Object.fromEntries(blocks.map(([, name = '', content = '']) => [name, content]));
}

/** The folder that `relance init` makes, with the guide's files in it. */
export function writeGuide(document: string, folder: string): void {
  for (const [name, text] of Object.entries({ ...STARTER, ...guideFiles(document) })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** The fenced blocks of a kind, in their order. */
export const blocksOf = (text: string, kind: string): readonly string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, inside = '']) => inside);

/** Code of a document that stands in examples/ as well: the name of the file, and what the document shows of it. */
export const shownExamples = (text: string): readonly { readonly file: string; readonly shown: string }[] =>
  [...text.matchAll(/```(?:ts|js)\n\/\/ (examples\/[\w./-]+)\n([\s\S]*?)```/g)].map(([, file = '', shown = '']) => ({
    file,
    shown,
  }));

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Each `curl` of a text; what is between quotes may have lines of its own. */
export const curlsIn = (text: string): readonly Asked[] =>
  [...text.matchAll(/^curl ((?:\\\n|'[^']*'|[^'\n])*)/gm)].map(([, line = '']) => {
    const headers = [...line.matchAll(/-H ['"]([^'"]+)['"]/g)].map(([, header = '']) => header.split(': '));
    const body = / -d '([^']+)'/.exec(line)?.[1];
    return {
      method: / -X (\w+)/.exec(` ${line}`)?.[1] ?? (body === undefined ? 'GET' : 'POST'),
      url: /'?(https?:\/\/[^'\s]+)/.exec(line)?.[1] ?? '',
      headers: Object.fromEntries(headers.map(([name = '', value = '']) => [name, value])),
      body,
    };
  });

/** Asks it of a server of the tests, with `words` in the place of what stands there for its reader's own: `$RELANCE_API_KEY`. */
export async function askAs(
  server: { readonly url: string },
  { method, url, headers, body }: Asked,
  words: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const own = (text: string): string =>
    Object.entries(words).reduce((read, [word, value]) => read.replaceAll(word, value), text);
  const answer = await fetch(own(url).replace(/^https?:\/\/[^/]+/, server.url), {
    method,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, own(value)])),
    ...(body === undefined ? {} : { body: own(body) }),
  });
  const text = await answer.text();
  const isJson = /json/.test(answer.headers.get('content-type') ?? '');
  return { status: answer.status, body: isJson ? JSON.parse(text) : text };
}

/** An answer without what is another at every run: ids, times, days, links. */
export const unlike = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
      .replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, '<time>')
      .replaceAll(/\d{4}-\d{2}-\d{2}/g, '<day>')
      .replaceAll(/\/([au])\/[\w-]{22}/g, '/$1/<token>'),
  );

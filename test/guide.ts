// The files that a guide has its reader write: fenced blocks of YAML whose first line names the file, as in
// `# directory/on-duty.yaml`. Tests write them beside what `relance init` makes, and use them as the reader would.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { STARTER } from '../packages/server/src/cli/init.ts';

export function guideFiles(document: string): Readonly<Record<string, string>> {
  const text = readFileSync(new URL(`../docs/guide/${document}`, import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/```yaml\n# ([\w./-]+\.yaml)\n([\s\S]*?)```/g)];
  return Object.fromEntries(blocks.map(([, name = '', content = '']) => [name, content]));
}

/** The folder that `relance init` makes, with the guide's files in it. */
export function writeGuide(document: string, folder: string): void {
  for (const [name, text] of Object.entries({ ...STARTER, ...guideFiles(document) })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

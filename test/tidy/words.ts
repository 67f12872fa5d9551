// Names: DESIGN's words have one meaning each, so the words it rules out are not used as names; no folder or file for a
// kind of thing; kebab-case file names; no barrels and no default exports. Prose in comments is free.
import { type Finding, lineAt, type SourceFile, walk } from './source.ts';

const BANNED_NAMES = [
  'utils',
  'util',
  'helpers',
  'helper',
  'types',
  'services',
  'managers',
  'common',
  'misc',
  'shared',
  'lib',
];
const BANNED_WORDS = ['trigger', 'workflow', 'journey', 'subscriber'];
/** The platform's own names for aborting and for POSIX signals; every other name with `signal` means an event. */
const PLATFORM_ABORTS = /^(signal|signals|Signals|AbortSignal|signalCode|abortSignal)$/;

export function fileNames(paths: readonly string[]): readonly Finding[] {
  const findings: Finding[] = [];
  for (const path of paths) {
    const parts = path.split('/');
    for (const part of parts) {
      const stem = part.replace(/\..*$/, '');
      if (BANNED_NAMES.includes(stem.toLowerCase()) && part !== 'types.d.ts') {
        findings.push({ path, line: 1, text: `"${part}" names a kind of thing: name the thing itself` });
      }
    }
    const name = parts.at(-1) ?? '';
    if (/\.(ts|tsx)$/.test(name) && !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+(-[a-z]+)*)*\.tsx?$/.test(name)) {
      findings.push({ path, line: 1, text: 'file names are kebab-case nouns or verbs' });
    }
    for (const word of [...BANNED_WORDS, 'signal']) {
      if (name.toLowerCase().includes(word))
        findings.push({ path, line: 1, text: `"${word}" is not one of DESIGN's words` });
    }
  }
  return findings;
}

const wordIn = (name: string): string | null => {
  const lower = name.toLowerCase();
  if (lower.includes('signal') && !PLATFORM_ABORTS.test(name)) return 'signal';
  return BANNED_WORDS.find((word) => lower.includes(word)) ?? null;
};

export function names(files: readonly SourceFile[]): readonly Finding[] {
  const findings: Finding[] = [];
  for (const file of files) {
    const seen = new Set<string>();
    walk(file.program, (node) => {
      if (node.type !== 'Identifier' && node.type !== 'PrivateIdentifier') return;
      const name = String(node.name);
      const word = wordIn(name);
      if (word === null || seen.has(name)) return;
      seen.add(name);
      findings.push({
        path: file.path,
        line: lineAt(file.text, node.start),
        text: `"${name}": DESIGN never says ${word}; use its word`,
      });
    });
  }
  return findings;
}

/** Tables and columns too; comments and quoted texts are left alone, and so are PostgreSQL's own trigger statements. */
export function sqlNames(files: readonly { readonly path: string; readonly text: string }[]): readonly Finding[] {
  const findings: Finding[] = [];
  for (const { path, text } of files) {
    text.split('\n').forEach((line, i) => {
      const code = line.replace(/--.*$/, '').replace(/'[^']*'/g, "''");
      const word = /(workflow|journey|subscriber|signal)/i.exec(code)?.[1];
      if (word !== undefined) findings.push({ path, line: i + 1, text: `DESIGN never says ${word}; use its word` });
    });
  }
  return findings;
}

const isFace = (path: string): boolean => /^packages\/[^/]+\/src\/(index|testing)\.ts$/.test(path);

export function barrels(files: readonly SourceFile[]): readonly Finding[] {
  return files
    .filter((file) => !isFace(file.path))
    .filter((file) => {
      const body = file.program.body as readonly { type: string; source?: unknown }[];
      return body.length > 0 && body.every((s) => /^Export(All|Named)Declaration$/.test(s.type) && s.source != null);
    })
    .map((file) => ({
      path: file.path,
      line: 1,
      text: 'only passes on what others export: import from the file itself',
    }));
}

export function defaultExports(files: readonly SourceFile[]): readonly Finding[] {
  return files
    .filter((file) => file.path.startsWith('packages/'))
    .flatMap((file) =>
      (file.program.body as readonly { type: string; start: number }[])
        .filter((s) => s.type === 'ExportDefaultDeclaration')
        .map((s) => ({
          path: file.path,
          line: lineAt(file.text, s.start),
          text: 'exports are named, so that one thing has one name',
        })),
    );
}

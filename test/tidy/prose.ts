// Documents: every path they name exists. Code spans and links are read; fenced blocks are not, since they show the
// reader's own files as often as ours.
import { posix } from 'node:path';
import type { Finding } from './source.ts';

/** The reader's project, as the guide describes it. */
const READERS_FILES = /^(relance\.yaml|(policies|templates|directory)\/.*)$/;
const SOURCE_NAME = /^[\w@.*-]+(\/[\w@.*-]+)*\.(ts|tsx|js|mjs|sql|md)$/;

export interface Document {
  readonly path: string;
  readonly text: string;
}

function mentioned(text: string): readonly { readonly line: number; readonly name: string; readonly link: boolean }[] {
  const found: { line: number; name: string; link: boolean }[] = [];
  let fenced = false;
  text.split('\n').forEach((line, i) => {
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
    if (fenced) return;
    for (const match of line.matchAll(/`([^`\s]+)`/g)) found.push({ line: i + 1, name: match[1] ?? '', link: false });
    for (const match of line.matchAll(/\]\(([^)\s]+)\)/g))
      found.push({ line: i + 1, name: match[1] ?? '', link: true });
  });
  return found;
}

const pattern = (name: string): RegExp =>
  new RegExp(
    `(^|/)${name
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('**', '\0')
      .replaceAll('*', '[^/]*')
      .replaceAll('\0', '.*')}$`,
  );

/** A name counts as ours when it is a link, looks like source, or starts at one of our top folders. */
export function documentPaths(documents: readonly Document[], paths: readonly string[]): readonly Finding[] {
  const folders = new Set(
    paths.flatMap((path) =>
      path
        .split('/')
        .slice(0, -1)
        .map((_, i, parts) => parts.slice(0, i + 1).join('/')),
    ),
  );
  const tops = new Set([...folders].filter((folder) => !folder.includes('/')));
  const findings: Finding[] = [];
  for (const document of documents) {
    for (const { line, name, link } of mentioned(document.text)) {
      if (/^([a-z]+:|#|\/\/)/.test(name)) continue;
      const bare = name.replace(/#.*$/, '').replace(/\/$/, '');
      if (link) {
        const target = posix.join(posix.dirname(document.path), bare);
        if (!paths.includes(target) && !folders.has(target)) {
          findings.push({ path: document.path, line, text: `links to ${name}, which does not exist` });
        }
        continue;
      }
      if (READERS_FILES.test(bare) && !paths.includes(bare)) continue;
      const ours = SOURCE_NAME.test(bare) || (bare.includes('/') && tops.has(bare.split('/')[0] ?? ''));
      if (!ours || /[<>{}$:]/.test(bare)) continue;
      const wanted = pattern(bare);
      if (!paths.some((path) => wanted.test(path)) && ![...folders].some((folder) => wanted.test(folder))) {
        findings.push({ path: document.path, line, text: `names ${name}, which does not exist` });
      }
    }
  }
  return findings;
}

// Which room may import which: the one-way street cli → app → {http, sources, responses, channels, store} → engine → core,
// what the pure core, the dependency-free client, the inbox in a page and the dashboard (which knows the server by its wire
// alone) may touch, and that no imports run in a circle.
import { type Finding, isTest, resolveImport, type SourceFile } from './source.ts';

/** A neighbour a room may import: the whole room, one file of it, or only its types. */
type Door = string | { readonly file: string } | { readonly typesOf: string };

const PORTS: Door = { file: 'packages/server/src/engine/ports.ts' };
const CONNECTION: Door = { file: 'packages/server/src/channels/channel.ts' };
const RESOLVE: Door = { file: 'packages/server/src/channels/resolve.ts' };

/**
 * Rooms by folder, longest match first. The engine calls the store's set-based statements directly and knows of channels
 * and resolvers only their ports, so store and channels know nothing of the engine but its ports.
 */
export const ROOMS: Readonly<Record<string, { readonly folder: string; readonly may: readonly Door[] }>> = {
  core: { folder: 'packages/core/src/', may: [] },
  client: { folder: 'packages/client/src/', may: [{ typesOf: 'core' }] },
  inbox: { folder: 'packages/inbox/src/', may: ['client', { typesOf: 'core' }] },
  dashboard: { folder: 'packages/dashboard/src/', may: ['core', 'client'] },
  store: { folder: 'packages/server/src/store/', may: ['core', PORTS] },
  channels: { folder: 'packages/server/src/channels/', may: ['core', PORTS] },
  engine: { folder: 'packages/server/src/engine/', may: ['core', 'store', CONNECTION, RESOLVE] },
  sources: { folder: 'packages/server/src/sources/', may: ['core', 'store', PORTS] },
  responses: { folder: 'packages/server/src/responses/', may: ['core', 'store', PORTS] },
  insights: { folder: 'packages/server/src/insights/', may: ['core', 'store', PORTS] },
  http: { folder: 'packages/server/src/http/', may: ['core', 'store', 'sources', 'responses', 'insights', PORTS] },
  app: {
    folder: 'packages/server/src/app/',
    may: ['core', 'client', 'store', 'channels', 'engine', 'sources', 'responses', 'insights', 'http'],
  },
  cli: { folder: 'packages/server/src/cli/', may: ['core', 'client', 'app'] },
  server: { folder: 'packages/server/src/', may: ['core', 'app', 'channels'] },
};

const PACKAGES: Readonly<Record<string, string>> = {
  '@relance/core': 'core',
  '@relance/client': 'client',
  '@relance/inbox': 'inbox',
  relance: 'server',
};

/** What every reader of a page loads: the elements are written with lit, and only the door for React knows React. */
const INBOX_PACKAGES = ['lit'];
const REACT_DOOR = 'packages/inbox/src/react.ts';

/** What the core may import besides itself: computation only, nothing that reads a file, a clock or a socket. */
export const PURE_PACKAGES = [
  '@bufbuild/cel',
  '@bufbuild/protobuf',
  '@bufbuild/re2',
  '@noble/hashes',
  'ajv',
  'date-holidays',
  'libphonenumber-js',
  'liquidjs',
  'temporal-polyfill',
  'yaml',
  'zod',
];

export const roomOf = (path: string): string | null =>
  Object.entries(ROOMS)
    .filter(([, room]) => path.startsWith(room.folder))
    .sort(([, a], [, b]) => b.folder.length - a.folder.length)[0]?.[0] ?? null;

const packageName = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

function mayImport(from: string, to: string, target: string | null, typeOnly: boolean): boolean {
  if (from === to) return true;
  return (ROOMS[from]?.may ?? []).some((door) => {
    if (typeof door === 'string') return door === to;
    if ('file' in door) return door.file === target;
    return door.typesOf === to && typeOnly;
  });
}

const mayLoad = (path: string, name: string): boolean =>
  INBOX_PACKAGES.includes(name) || (name === 'react' && path === REACT_DOOR);

export function walls(files: readonly SourceFile[]): readonly Finding[] {
  const findings: Finding[] = [];
  for (const file of files) {
    const room = roomOf(file.path);
    if (room === null || isTest(file.path)) continue;
    for (const line of file.imports) {
      const target = resolveImport(file.path, line.specifier);
      const to = target === null ? (PACKAGES[packageName(line.specifier)] ?? null) : roomOf(target);
      const at = { path: file.path, line: line.line };
      if (to !== null) {
        if (!mayImport(room, to, target, line.typeOnly)) {
          findings.push({
            ...at,
            text: `${room} must not import ${to} (${line.specifier}): imports go one way, see ROOMS in test/tidy/walls.ts`,
          });
        }
      } else if (target !== null) {
        findings.push({ ...at, text: `${line.specifier} leaves the packages: import the package by its name` });
      } else if (room === 'client') {
        findings.push({ ...at, text: `the client has no dependencies, yet imports ${line.specifier}` });
      } else if (room === 'inbox' && !mayLoad(file.path, packageName(line.specifier))) {
        findings.push({
          ...at,
          text: `every page with an inbox would load ${line.specifier}: it is lit and our client, and React in ${REACT_DOOR} alone`,
        });
      } else if (room === 'core' && !PURE_PACKAGES.includes(packageName(line.specifier))) {
        findings.push({
          ...at,
          text: `the core is pure, yet imports ${line.specifier}: gather it in the server and pass it in`,
        });
      }
    }
  }
  return findings;
}

/** Circles of imports, types included: a circle means that two files are one. Each circle is reported once. */
export function cycles(files: readonly SourceFile[]): readonly Finding[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const findings: Finding[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      const circle = [...trail.slice(start), path];
      findings.push({ path, line: 1, text: `imports run in a circle: ${circle.join(' → ')}` });
      return;
    }
    if (done.has(path)) return;
    for (const line of byPath.get(path)?.imports ?? []) {
      const target = resolveImport(path, line.specifier);
      if (target !== null && byPath.has(target)) visit(target, [...trail, path]);
    }
    done.add(path);
  };
  for (const file of files) visit(file.path, []);
  return findings;
}

/** A package's own manifest: the client has no dependencies, the core only pure ones, the inbox what a page may load. */
export function manifests(
  packages: readonly { readonly path: string; readonly manifest: Readonly<Record<string, unknown>> }[],
): readonly Finding[] {
  const findings: Finding[] = [];
  for (const { path, manifest } of packages) {
    const names = Object.keys({
      ...(manifest.dependencies as object | undefined),
      ...(manifest.optionalDependencies as object | undefined),
    });
    if (manifest.name === '@relance/client' && names.length > 0) {
      findings.push({ path, line: 1, text: `the client has no dependencies, yet lists ${names.join(', ')}` });
    }
    if (manifest.name === '@relance/inbox') {
      for (const name of names.filter((n) => !INBOX_PACKAGES.includes(n) && n !== '@relance/client')) {
        findings.push({ path, line: 1, text: `every page with an inbox would load ${name}` });
      }
    }
    if (manifest.name === '@relance/core') {
      for (const name of names.filter((n) => !PURE_PACKAGES.includes(n))) {
        findings.push({ path, line: 1, text: `the core is pure, yet depends on ${name}` });
      }
    }
  }
  return findings;
}

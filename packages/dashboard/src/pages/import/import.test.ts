// A file from its bytes to what became of each row: columns found by their headers, cells read as what they are, and rows that are
// refused, repeated, not tried or of which nobody knows, each said as such.
import { expect, it } from 'vitest';
import type { ImportKind, Outcome } from './import-kind.ts';
import { cellValue, guessMapping, missingIn, recordOf } from './mapping.ts';
import { refusedFile } from './refused-file.ts';
import { countsOf, runImport, settledIn } from './run-import.ts';
import { calledAlike, decoded, NoSheet, readSheet } from './sheet.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const sheet = (text: string) => readSheet('people.csv', bytes(text));

interface Body {
  readonly id: string;
}
const kindOf = (send: ImportKind<Body>['send']): ImportKind<Body> => ({
  one: 'person',
  many: 'people',
  fields: [
    { name: 'id', label: 'Id', required: true, called: ['id', 'userid', 'email'] },
    { name: 'email', label: 'Email', required: false, called: ['email', 'emailadresse', 'mail'] },
  ],
  extra: { label: 'trait', says: '', prefixes: ['traits.'] },
  atOnce: 2,
  bodyOf: ({ fields }) =>
    fields.id === undefined ? { why: 'There is no id.' } : { name: fields.id, body: { id: fields.id } },
  send,
});
const created = kindOf(async (bodies) => bodies.map((): Outcome => ({ kind: 'created' })));
const still = { dryRun: false, signal: new AbortController().signal, progress: () => {} };

it('reads what spreadsheets write, whatever the encoding and whatever stands between', async () => {
  expect(await sheet('\uFEFFid;Prénom\r\n1;Léa\r\n')).toMatchObject({
    header: ['id', 'Prénom'],
    rows: [{ line: 2, cells: ['1', 'Léa'] }],
  });
  expect(decoded(new Uint8Array([0x4c, 0xe9, 0x61]))).toBe('Léa');
  expect(decoded(new Uint8Array([0xff, 0xfe, 0x4c, 0, 0xe9, 0]))).toBe('\u004cé');
  expect((await sheet('id,name\r1,Léa\r2,Bo\r')).rows).toHaveLength(2); // of an old Mac
  await expect(readSheet('a.xlsx', new Uint8Array([0x50, 0x4b, 3, 4]))).rejects.toThrow(NoSheet);
  await expect(sheet('id\u0000,name\n1,x')).rejects.toThrow('This is not text');
  await expect(sheet('')).rejects.toThrow('The file is empty');
  await expect(sheet('id,name\n')).rejects.toThrow('one line only');
  await expect(sheet(`${'a,'.repeat(300)}z\n1\n`)).rejects.toThrow('301 columns; 200 are taken');
});

it('refuses a file with a quote that is never closed, with its line: the rest of it would be one row', async () => {
  await expect(sheet('id,email\nana,a\n"bo,b\ncleo,c\n')).rejects.toThrow(
    'Line 3 has a quote (") that is never closed',
  );
  await expect(sheet('"id,email\nana,a\n')).rejects.toThrow('Line 1 has a quote');
  await expect(sheet('id,email\nana,a\n"')).rejects.toThrow('Line 3 has a quote');
  expect((await sheet('id,email\n"a ""b""","c\nd"\n')).rows).toEqual([{ line: 2, cells: ['a "b"', 'c\nd'] }]);
});

it('refuses a file in which a quote is closed by another that was not meant: the rows between would be gone', async () => {
  await expect(sheet('id,size\n2,"5 inch\n3,foo\n4,"bar"\n5,x\n')).rejects.toThrow(
    'Line 2 has a quote (") that the next one does not close at the end of a cell',
  );
});

it('tells columns apart that are called the same, and hands rows back under the names that they came with', async () => {
  const file = await sheet('id,name,name,name\n,First,Second,Third\n');
  expect(file.header).toEqual(['id', 'name', 'name (column 3)', 'name (column 4)']);
  expect(calledAlike(file)).toEqual([['name', 'name (column 3)', 'name (column 4)']]);
  const report = await runImport(created, file, guessMapping(created, file), still);
  expect(refusedFile(file, report).split('\r\n')[0]).toBe('id,name,name,name,Why it was not imported');
  expect(calledAlike(await sheet('id,name\n1,a\n'))).toEqual([]);
  // Also from what another is called after them.
  const own = await sheet('a,a (column 3),a\n1,2,3\n');
  expect(own.header).toEqual(['a', 'a (column 3)', 'a (column 3) (column 3)']);
  // Whichever way they are written: of these a field is found in the first.
  expect(calledAlike(await sheet('Email,e-mail,id,#,%\n1,2,3,4,5\n'))).toEqual([['Email', 'e-mail']]);
});

it('lets others act while it reads a long file', async () => {
  let acted = 0;
  const acting = setInterval(() => (acted += 1), 0);
  try {
    const { rows } = await sheet(`id,email\n${'1,a\n'.repeat(30_000)}`);
    expect(rows).toHaveLength(30_000);
    expect(rows.at(-1)).toEqual({ line: 30_001, cells: ['1', 'a'] });
    expect(acted).toBeGreaterThan(2);
  } finally {
    clearInterval(acting);
  }
});

it('finds columns by what headers call them, and says what is missing', async () => {
  const guess = async (header: string) => guessMapping(created, await sheet(`${header}\n1,2,3`));
  expect(await guess('E-Mail Adresse,User ID,traits.plan')).toEqual({
    fields: { id: 1, email: 0 },
    extra: new Map([[2, 'plan']]),
  });
  const keepsAll = { ...created, extra: { ...created.extra, all: true } };
  expect([...guessMapping(keepsAll, await sheet('id,traits.plan,Amount\n1,2,3')).extra.values()]).toEqual([
    'plan',
    'Amount',
  ]);
  // Where nothing is called an id, the address serves as one and as the other only if somebody says so.
  expect(await guess('email,Traits.,plan')).toEqual({ fields: { id: 0 }, extra: new Map() });
  expect(missingIn(created, await guess('a,b,c')).map(({ name }) => name)).toEqual(['id']);
});

it('keeps numbers and yes or no as such, and whatever only looks like one as text', () => {
  expect(
    ['3', '-1.5', '1500.50', '2.00', 'true', '007', '1e3', '+34600', ' ', 'Infinity', 'NaN'].map(cellValue),
  ).toEqual([3, -1.5, 1500.5, 2, true, '007', '1e3', '+34600', ' ', 'Infinity', 'NaN']);
  const mapping = { fields: { id: 0, email: 1 }, extra: new Map([[2, 'seats']]) };
  expect(recordOf(mapping, { line: 2, cells: [' ana ', '', '3'] })).toEqual({
    fields: { id: 'ana' },
    extra: { seats: 3 },
  });
});

it('sends in parts, and refuses what cannot be sent', async () => {
  const sent: string[][] = [];
  const kind = kindOf(async (bodies) => {
    sent.push(bodies.map(({ id }) => id));
    return bodies.map(({ id }): Outcome => (id === 'bo' ? { kind: 'refused', why: 'No.' } : { kind: 'created' }));
  });
  const file = await sheet('id,email\nana,a\nbo,b\n,c\nana,d\ncleo,e\ndan,f,g\n');
  const seen: number[] = [];
  const mapping = guessMapping(kind, file);
  const report = await runImport(kind, file, mapping, { ...still, progress: (done) => seen.push(done) });
  expect(sent).toEqual([['ana', 'bo'], ['cleo']]);
  expect(seen.at(-1)).toBe(1);
  expect(report).toMatchObject({ end: 'done', error: null });
  expect(countsOf(report)).toEqual({ created: 2, changed: 0, unchanged: 0, refused: 4, not_tried: 0, unknown: 0 });
  expect(refusedFile(file, report)).toBe(
    [
      'id,email,Why it was not imported',
      'bo,b,No.',
      ',c,There is no id.',
      'ana,d,“ana” is in line 2 already.',
      'dan,f,"It has 3 cells, and the first line names 2."',
      '',
    ].join('\r\n'),
  );
});

it('says what it does not know, and goes on from there without sending twice what is settled', async () => {
  const sent: string[] = [];
  let broken = true;
  const kind = kindOf(async (bodies) => {
    if (sent.length >= 2 && broken) throw new Error('The line is dead.');
    sent.push(...bodies.map(({ id }) => id));
    return bodies.map((): Outcome => ({ kind: 'created' }));
  });
  const file = await sheet('id\na\nb\nc\nd\ne\n');
  const mapping = { fields: { id: 0 }, extra: new Map() };
  const first = await runImport(kind, file, mapping, still);
  expect(first.end).toBe('failed');
  expect(first.error?.message).toBe('The line is dead.');
  expect(countsOf(first)).toMatchObject({ created: 2, unknown: 2, not_tried: 1 });
  broken = false;
  const second = await runImport(kind, file, mapping, { ...still, settled: settledIn(first) });
  expect(sent).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(countsOf(second)).toMatchObject({ created: 5, unknown: 0, not_tried: 0 });
});

it('sees that two rows stand under one key, and sends one after the other', async () => {
  const sent: string[][] = [];
  const live = new Map([['known', 1]]);
  const kindIn = (dryRun: boolean) => ({
    ...kindOf(async (bodies) => {
      sent.push(bodies.map(({ id }) => id));
      return bodies.map(({ id }): Outcome => {
        const [holds = ''] = id.split('/');
        const isLive = live.has(holds);
        if (!dryRun) live.set(holds, 1);
        return isLive ? { kind: 'changed', fields: ['live'], holds } : { kind: 'created', holds };
      });
    }),
    atOnce: 3,
  });
  const file = await sheet('id\nnew/1\nknown/1\nnew/2\nother/1\nnew/3\n');
  const mapping = { fields: { id: 0 }, extra: new Map() };
  const told = ({ rows }: Awaited<ReturnType<typeof runImport>>) =>
    rows.map(({ outcome }) => (outcome.kind === 'changed' ? outcome.fields[0] : outcome.kind));
  const twice = 'same key as line 2: it is fed with this row';
  const tried = await runImport(kindIn(true), file, mapping, { ...still, dryRun: true });
  expect(told(tried)).toEqual(['created', 'live', twice, 'created', twice]);
  expect(sent.splice(0).map(({ length }) => length)).toEqual([3, 2]);
  const came = await runImport(kindIn(false), file, mapping, { ...still, tried });
  expect(told(came)).toEqual(told(tried));
  expect(sent).toEqual([['new/1', 'known/1'], ['new/2', 'other/1'], ['new/3']]);
});

it('of what was written says what the server said: under a key that had ended another is new', async () => {
  const answers: Outcome['kind'][] = ['created', 'created', 'changed'];
  const kind = {
    ...kindOf(async (bodies) =>
      bodies.map((): Outcome => {
        const holds = 'one';
        return answers.shift() === 'created'
          ? { kind: 'created', holds }
          : { kind: 'changed', fields: ['live'], holds };
      }),
    ),
    atOnce: 1,
  };
  const file = await sheet('id\na\nb\nc\n');
  const { rows } = await runImport(kind, file, { fields: { id: 0 }, extra: new Map() }, still);
  expect(rows.map(({ outcome }) => outcome)).toEqual([
    { kind: 'created', holds: 'one' },
    { kind: 'created', holds: 'one' },
    { kind: 'changed', fields: ['same key as line 3: it is fed with this row'], holds: 'one' },
  ]);
});

it('of a dry run that fails nothing is unknown: nothing could have been written', async () => {
  const kind = kindOf(async () => {
    throw new Error('The line is dead.');
  });
  const file = await sheet('id\na\n');
  const report = await runImport(kind, file, { fields: { id: 0 }, extra: new Map() }, { ...still, dryRun: true });
  expect(countsOf(report)).toMatchObject({ unknown: 0, not_tried: 1 });
});

it('stops between parts when it is asked to', async () => {
  const ended = new AbortController();
  const kind = kindOf(async (bodies) => {
    ended.abort();
    return bodies.map((): Outcome => ({ kind: 'created' }));
  });
  const file = await sheet('id\na\nb\nc\n');
  const mapping = { fields: { id: 0 }, extra: new Map() };
  const report = await runImport(kind, file, mapping, { ...still, signal: ended.signal });
  expect(report.end).toBe('stopped');
  expect(countsOf(report)).toMatchObject({ created: 2, not_tried: 1 });
});

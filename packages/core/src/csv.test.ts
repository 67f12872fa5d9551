// What goes out harmless comes back as it was.
import { expect, it } from 'vitest';
import { csvLine, csvRecords, csvSeparatorOf } from './csv.ts';

const cellsOf = (text: string) => [...csvRecords(text)].map(({ cells }) => cells);

it('lets no spreadsheet take a cell for a formula, and reads it back as it was', () => {
  const cells = ['=cmd()', '+34600000001', '-1', '@sum', '\tx', '\rx', "'quoted'", 'a,"b"\nc', 'plain', ''];
  const line = csvLine(cells);
  expect(line).toBe(`'=cmd(),'+34600000001,'-1,'@sum,'\tx,"'\rx",'quoted',"a,""b""\nc",plain,\r\n`);
  expect(cellsOf(line)).toEqual([cells]);
});

it('lets no formula begin inside a cell either, for spreadsheets that put semicolons or tabs between cells', () => {
  const cells = ['Ana;=HYPERLINK(A1)', 'a\t@sum', 'b;+1;-2', '\t=x', 'c; = d', 'e=f;g', 'x;y'];
  const line = csvLine(cells);
  expect(line).toBe("Ana;'=HYPERLINK(A1),a\t'@sum,b;'+1;'-2,'\t'=x,c; = d,e=f;g,x;y\r\n");
  for (const separator of [';', '\t'] as const)
    for (const { cells: seen } of csvRecords(line.replaceAll("'", '’'), separator))
      expect(seen.filter((cell) => /^[=+\-@]/.test(cell))).toEqual([]);
  expect(cellsOf(line)).toEqual([cells]);
});

it('knows the line a record begins at, whatever ends lines and however long a cell goes on', () => {
  expect([...csvRecords('\uFEFFa,b\r\n\r\n"1\n2",x\n3,y')]).toEqual([
    { line: 1, cells: ['a', 'b'] },
    { line: 3, cells: ['1\n2', 'x'] },
    { line: 5, cells: ['3', 'y'] },
  ]);
  expect(cellsOf('')).toEqual([]);
  expect([...csvRecords('a,b\r"x\ry",z\r\rq')]).toEqual([
    { line: 1, cells: ['a', 'b'] },
    { line: 2, cells: ['x\ry', 'z'] },
    { line: 5, cells: ['q'] },
  ]);
});

it('lets a quote that nobody meant take no other row, and says at which line it stands', () => {
  expect([...csvRecords('a,b\n1,"2"\n3,"never closed,\nx')]).toEqual([
    { line: 1, cells: ['a', 'b'] },
    { line: 2, cells: ['1', '2'] },
    { line: 3, cells: ['3', '"never closed,'], malformed: 'unclosed' },
    { line: 4, cells: ['x'] },
  ]);
  expect([...csvRecords('2,"5 inch\n3,foo\n4,"bar"\n5,x')]).toEqual([
    { line: 1, cells: ['2', '"5 inch'], malformed: 'goes_on' },
    { line: 2, cells: ['3', 'foo'] },
    { line: 3, cells: ['4', 'bar'] },
    { line: 4, cells: ['5', 'x'] },
  ]);
  expect([...csvRecords('"a\nb","c"d\r\n"')]).toEqual([
    { line: 2, cells: ['a\nb', '"c"d'], malformed: 'goes_on' },
    { line: 3, cells: ['"'], malformed: 'unclosed' },
  ]);
});

it('takes as long for a list in which every quote is wrong as for any other of its length', () => {
  for (const line of ['"a\n', '"\n', '"""x\n', 'a,"b"c\n', '"","\n']) {
    const began = performance.now();
    const records = [...csvRecords(line.repeat(100_000))];
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(records.length).toBeGreaterThan(10_000);
  }
});

it('is told what stands between cells by the first line', () => {
  expect(csvSeparatorOf('id,name\n1;2;3;4')).toBe(',');
  expect(csvSeparatorOf('\uFEFF"name, first";email;city\r\n')).toBe(';');
  expect(csvSeparatorOf('id\tname\tnote, long')).toBe('\t');
  expect(csvSeparatorOf('only')).toBe(',');
  expect([...csvRecords('a;b\n"x;y";3,5', ';')].map(({ cells }) => cells)).toEqual([
    ['a', 'b'],
    ['x;y', '3,5'],
  ]);
});

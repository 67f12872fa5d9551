// Packs as their documentation has them, read the plain way: what packed-times.ts does fast is compared with this.
import { WAITS, type WaitKind } from './packed-times.ts';

/** How many: that came after a duration, by its rank; that could come no more then; that wait since a minute. */
export interface Counted {
  readonly kind: WaitKind;
  readonly what: 'came' | 'left' | 'waits';
  readonly at: number;
  readonly count: number;
}

/** By what they are of, and the place of each; several packs one after the other are read as one. */
export function unpacked(bytes: Uint8Array): readonly Counted[] {
  const sums = new Map<string, Counted>();
  const add = (one: Counted): void => {
    const name = [one.kind, one.what, one.at].join();
    const count = (sums.get(name)?.count ?? 0) + one.count;
    if (count > 0) sums.set(name, { ...one, count });
  };
  let rest = [...bytes];
  const next = (): number => {
    const length = rest.findIndex((byte) => byte < 128) + 1;
    const value = rest.slice(0, length).reduceRight((sum, byte) => sum * 128 + (byte & 127), 0);
    rest = rest.slice(length);
    return value;
  };
  /** The first byte of a place, and for one of two bytes both, as bits. */
  const bits = (): string => {
    const count = ((rest[0] ?? 0) & 192) === 128 ? 2 : 1;
    const written = rest.slice(0, count).map((byte) => byte.toString(2).padStart(8, '0'));
    rest = rest.slice(count);
    return written.join('');
  };
  const number = (text: string, from: number, to: number): number => Number.parseInt(text.slice(from, to), 2);
  const place = (): readonly [distance: number, came: number, left: number] => {
    const head = bits();
    if (head.startsWith('0')) return [number(head, 1, 3) + 1, number(head, 3, 5), number(head, 5, 8)];
    if (head.startsWith('10')) return [number(head, 2, 4) + 1, number(head, 4, 9), number(head, 9, 16)];
    const distance = next();
    return head === '11111111' ? [distance, next(), next()] : [distance, number(head, 2, 5), number(head, 5, 8)];
  };
  while (rest.length > 0)
    for (const kind of WAITS) {
      for (let [many, at] = [next(), -1]; many > 0; many--) {
        const [distance, came, left] = place();
        at += distance;
        add({ kind, what: 'came', at, count: came });
        add({ kind, what: 'left', at, count: left });
      }
      for (let [many, at] = [next(), 0]; many > 0; many--) {
        at += next();
        add({ kind, what: 'waits', at, count: next() });
      }
    }
  return [...sums.values()];
}

// The fields and methods of values whose fields are known. Reading a field of `dyn` or of a map is never wrong; reading
// one that a record does not have always is.
import { DYN, describe, type Method, mayBe, membersOf, type RecordType, type Type, union } from './cel-type.ts';
import { didYouMean } from './nearest.ts';

export type ReadField = { readonly ok: true; readonly type: Type } | { readonly ok: false; readonly message: string };

/** What `value.field` is. Null beside something else is passed over: whether a value is there shows when it is read. */
export function fieldOf(container: Type, field: string): ReadField {
  const found: Type[] = [];
  let record: RecordType | null = null;
  for (const one of membersOf(container)) {
    if (one.kind === 'dyn' || one.kind === 'never') found.push(DYN);
    else if (one.kind === 'map') {
      if (mayBe(one.key, 'string')) found.push(one.value.kind === 'never' ? DYN : one.value);
    } else if (one.kind === 'record') {
      const own = Object.hasOwn(one.fields, field) ? one.fields[field] : undefined;
      if (own !== undefined) found.push(own);
      else if (one.others?.test(field) === true) found.push(DYN);
      else record = one;
    }
  }
  if (found.length > 0) return { ok: true, type: union(found) };
  return { ok: false, message: record === null ? noFields(container, field) : unknownField(record, field) };
}

function unknownField(record: RecordType, field: string): string {
  const method = record.methods?.[field];
  if (method !== undefined) return `\`${field}\` is called, as in \`${method.usage}\`.`;
  const names = [...Object.keys(record.fields), ...Object.keys(record.methods ?? {})];
  const hint = didYouMean(field, names) || ` ${record.elsewhere ?? `It has ${names.join(', ')}.`}`;
  return `${capital(record.name)} has no field \`${field}\`.${hint}`;
}

function noFields(container: Type, field: string): string {
  const instead = mayBe(container, 'list') ? ` Take one item, as in \`[0].${field}\`, or ask with \`exists\`.` : '';
  return `${capital(describe(container))} has no field \`${field}\`.${instead}`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A method of a record; the names of those there are when it has no such one. */
export function methodOf(
  target: Type,
  name: string,
): { readonly ok: true; readonly method: Method } | { readonly ok: false; readonly names: readonly string[] } {
  const methods = membersOf(target).flatMap((one) => (one.kind === 'record' ? [one.methods ?? {}] : []));
  for (const own of methods) {
    const method = Object.hasOwn(own, name) ? own[name] : undefined;
    if (method !== undefined) return { ok: true, method };
  }
  return { ok: false, names: methods.flatMap((own) => Object.keys(own)) };
}

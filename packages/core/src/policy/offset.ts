// When a stage is due, as text: an anchor, alone or plus or minus a duration: `opened`, `due - 3 days`,
// `overdue.last + 5 days`, `data.renewsAt - 1 week`. stage-time.ts turns it into an instant.
import { formatDuration, readDuration } from './duration.ts';
import type { Anchor, Offset } from './policy.ts';
import { expected, type Parsed, parseAll, parsed, type Scanner } from './scanner.ts';

/** An id that an offset can name without reading as a subtraction: `final-2` is one, `final-2nd` is not. */
export const STAGE_ID = /^[A-Za-z][A-Za-z0-9_]*(?:-(?:\d+|[A-Za-z_][A-Za-z0-9_]*))*$/;

export const parseOffset = (text: string): Parsed<Offset> => parseAll(text, readOffset);

function readOffset(scanner: Scanner): Parsed<Offset> {
  const anchor = readAnchor(scanner);
  if (!anchor.ok) return anchor;
  scanner.skipSpace();
  if (scanner.atEnd) return parsed({ anchor: anchor.value, sign: 1, duration: { kind: 'exact', ms: 0 } });
  const sign = scanner.takeText('+') ? 1 : scanner.takeText('-') || scanner.takeText('−') ? -1 : null;
  if (sign === null) return expected(scanner.at, `+ or - and a duration are expected, not "${scanner.rest()}"`);
  scanner.skipSpace();
  const duration = readDuration(scanner);
  return duration.ok ? parsed({ anchor: anchor.value, sign, duration: duration.value }) : duration;
}

function readAnchor(scanner: Scanner): Parsed<Anchor> {
  const start = scanner.at;
  const name = readName(scanner);
  if (name === null)
    return expected(start, 'an anchor is expected: opened, due, acknowledged, commitment, data.<field> or a stage');
  switch (name) {
    case 'opened':
    case 'due':
    case 'acknowledged':
    case 'commitment':
      if (scanner.text[scanner.at] === '.')
        return expected(scanner.at, `"${name}" has no parts; + or - and a duration are expected`);
      return parsed({ kind: name });
    case 'data':
      return readField(scanner);
    default: {
      if (!scanner.takeText('.')) return parsed({ kind: 'stage', stage: name, last: false });
      const partAt = scanner.at;
      if (scanner.take(/[A-Za-z0-9_]+/) !== 'last') return expected(partAt, `"last" is expected after "${name}."`);
      return parsed({ kind: 'stage', stage: name, last: true });
    }
  }
}

/** A stage id. `overdue-1 day` is a minus, so a hyphen belongs to the name only before a letter or where no unit follows. */
function readName(scanner: Scanner): string | null {
  return scanner.take(/[A-Za-z][A-Za-z0-9_]*(?:-(?:\d+(?!\s*[A-Za-z0-9_])|[A-Za-z_][A-Za-z0-9_]*))*/);
}

function readField(scanner: Scanner): Parsed<Anchor> {
  if (!scanner.takeText('.')) return expected(scanner.at, 'a field is expected, as in "data.renewsAt"');
  const field = scanner.take(/[A-Za-z_][A-Za-z0-9_]*/);
  if (field === null) return expected(scanner.at, 'the name of a field is expected after "data."');
  if (scanner.text[scanner.at] === '.')
    return expected(scanner.at, 'a field at the top of data is expected, not one inside another');
  return parsed({ kind: 'data', field });
}

export function formatAnchor(anchor: Anchor): string {
  switch (anchor.kind) {
    case 'data':
      return `data.${anchor.field}`;
    case 'stage':
      return anchor.last ? `${anchor.stage}.last` : anchor.stage;
    default:
      return anchor.kind;
  }
}

/** The offset in words; parsing them gives the same offset. */
export function formatOffset({ anchor, sign, duration }: Offset): string {
  const bare = sign === 1 && duration.kind === 'exact' && duration.ms === 0;
  return bare ? formatAnchor(anchor) : `${formatAnchor(anchor)} ${sign === 1 ? '+' : '-'} ${formatDuration(duration)}`;
}

// The rows that were not taken, as the file had them and with why: mended, it can be imported as it is.
import { csvLine } from '@relance/core';
import type { Report, RowOutcome } from './run-import.ts';
import type { Sheet } from './sheet.ts';

const WHY = 'Why it was not imported';

export const whyNot = (outcome: RowOutcome): string | null =>
  outcome.kind === 'refused'
    ? outcome.why
    : outcome.kind === 'not_tried'
      ? 'It was not tried.'
      : outcome.kind === 'unknown'
        ? 'Whether it was written is not known: the answer never came.'
        : null;

export function refusedFile({ written: header }: Sheet, { rows }: Report): string {
  const known = header.filter((name) => name !== WHY);
  const lines = rows.flatMap(({ cells, outcome }) => {
    const why = whyNot(outcome);
    return why === null
      ? []
      : [csvLine([...header.flatMap((name, at) => (name === WHY ? [] : [cells[at] ?? ''])), why])];
  });
  return [csvLine([...known, WHY]), ...lines].join('');
}

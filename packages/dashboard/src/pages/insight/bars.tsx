// Bars beside their names, in words and numbers: what is read aloud is what is seen.
import type { ReactNode } from 'react';

export interface Bar {
  readonly name: ReactNode;
  /** Where the name is no text, or not its own. */
  readonly id?: string;
  readonly note?: string;
  /** Of the length of the longest, 0 to 1. */
  readonly share: number;
  readonly value: ReactNode;
  /** Part of the bar that is drawn in full; the rest of it is pale. */
  readonly part?: number;
  readonly tone?: 'plain' | 'quiet' | 'alarm';
}

const PERCENT = 100;
const widthOf = (share: number): string => `${Math.max(0, Math.min(1, share)) * PERCENT}%`;

export function Bars({ bars, label }: { readonly bars: readonly Bar[]; readonly label: string }) {
  return (
    <ul className="bars" aria-label={label}>
      {bars.map(({ id, name, note, share, part, value, tone = 'plain' }) => (
        <li key={id ?? String(name)}>
          <span className="bar-name">
            {name}
            {note !== undefined && <small>{note}</small>}
          </span>
          <span className="bar-track" aria-hidden="true">
            <span
              className={`bar-fill ${tone}${part === undefined ? '' : ' pale'}`}
              style={{ width: widthOf(share) }}
            />
            {part !== undefined && (
              <span className={`bar-fill ${tone} over`} style={{ width: widthOf(share * part) }} />
            )}
          </span>
          <span className="bar-value">{value}</span>
        </li>
      ))}
    </ul>
  );
}

// What is wrong with a policy, each with its line: pressing one leads there.
import { Anchor, Text } from '@mantine/core';
import { Word } from '../follow-up/standing.tsx';
import { Coded } from './coded.tsx';
import type { Marked } from './editor.tsx';

export interface Told extends Marked {
  readonly path: string;
}

interface Props {
  readonly problems: readonly Told[];
  /** Null: there is no text beside them. */
  readonly goTo: ((line: number, column: number) => void) | null;
}

export function Problems({ problems, goTo }: Props) {
  return (
    <ul className="problems" aria-label="What is wrong">
      {problems.map((one) => {
        const { severity, message, path, line, column = 1 } = one;
        const where = line === undefined ? path : `Line ${line}${path === '' ? '' : `, ${path}`}`;
        return (
          <li key={`${path} ${message}`}>
            <Word color={severity === 'error' ? 'red' : 'orange'}>{severity === 'error' ? 'Error' : 'Warning'}</Word>{' '}
            {line !== undefined && goTo !== null ? (
              <Anchor component="button" type="button" size="sm" onClick={() => goTo(line, column)}>
                {where}
              </Anchor>
            ) : (
              where !== '' && (
                <Text span size="sm" c="dimmed">
                  {where}
                </Text>
              )
            )}
            <Text size="sm">
              <Coded>{message}</Coded>
            </Text>
          </li>
        );
      })}
    </ul>
  );
}

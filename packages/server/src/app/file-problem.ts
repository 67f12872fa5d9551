// What is wrong in a file of a project folder, and where: one shape for policies, templates, people and settings.
import type { Problem } from '@relance/core';

export interface FileProblem extends Pick<Problem, 'message'> {
  readonly file: string;
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
  readonly severity?: 'error' | 'warning';
}

/** `file:line:column: path: what is wrong`, as editors and terminals link it. */
export function describeProblem({ file, line, column, path, message }: FileProblem): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return `${place}: ${path === undefined || path === '' ? '' : `${path}: `}${message}`;
}

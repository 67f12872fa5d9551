// What came of something that somebody did: told to screen readers when it comes.
import { Alert } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  readonly kind: 'good' | 'warning' | 'plain';
  readonly title: string;
  readonly children?: ReactNode;
}

const COLORS = { good: 'green', warning: 'orange', plain: 'blue' } as const;

export function News({ kind, title, children }: Props) {
  return (
    <Alert color={COLORS[kind]} variant="light" role="status" title={title}>
      {children}
    </Alert>
  );
}

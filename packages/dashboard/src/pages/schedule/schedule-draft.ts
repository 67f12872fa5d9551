// A schedule while it is written: what it was begun from, and what was typed while it is saved.
import type { Schedule } from '@relance/client';
import { hashKey } from '@tanstack/react-query';
import { useState } from 'react';
import { useUnsaved } from '../../shell/unsaved.ts';

export function useScheduleDraft(schedule: Schedule) {
  const [draft, setDraft] = useState<Schedule | null>(null);
  const [begun, setBegun] = useState(schedule);
  useUnsaved(draft !== null && hashKey([draft]) !== hashKey([begun]));
  return {
    /** Null: nobody is at it. */
    draft,
    setDraft,
    edit(): void {
      setBegun(schedule);
      setDraft(schedule);
    },
    /** What was sent is saved; what was typed meanwhile is not yet, and goes over that. */
    saved(said: Schedule, version: number): void {
      setBegun(said);
      setDraft((current) => (current === null || current === said ? null : { ...current, version }));
    },
  };
}

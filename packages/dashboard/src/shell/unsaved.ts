// What is written and not saved, or under way, is not left without being asked.
import { useBlocker } from '@tanstack/react-router';

export function useUnsaved(unsaved: boolean, question = 'What you wrote is not saved. Leave it?'): void {
  useBlocker({
    shouldBlockFn: () => unsaved && !window.confirm(question),
    enableBeforeUnload: unsaved,
  });
}

// What is written and not saved, or under way, is not left without being asked.
import { useBlocker } from '@tanstack/react-router';

export function useUnsaved(unsaved: boolean, question = 'What you wrote is not saved. Leave it?'): void {
  useBlocker({
    // What changes in the address of the same page leaves nothing.
    shouldBlockFn: ({ current, next }) => unsaved && current.pathname !== next.pathname && !window.confirm(question),
    enableBeforeUnload: unsaved,
  });
}

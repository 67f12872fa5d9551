// A page in French says why something is not possible, whatever it was, and never only that nothing has changed.
import { expect, it } from 'vitest';
import { refusedIn } from './page-language.ts';

it('somebody who commits to a day too far off is told so in their language', () => {
  const english = 'This policy allows a commitment until 2026-12-01T09:00:00Z at the latest.';
  expect(refusedIn('en', 'commit_too_long', english)).toBe(english);
  expect(refusedIn('fr', 'commit_too_long', english)).toMatch(/^Cette date est plus lointaine .+ plus proche\.$/);
});

it('as is somebody who passes it on where nobody else is', () =>
  expect(refusedIn('fr', 'unknown_recipient', 'There is no manager.')).toMatch(/personne/));

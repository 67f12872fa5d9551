// What is said of a server that does not answer: in words for whoever looks, and not those that a program is told.
import { createClient } from '@relance/client';
import { expect, it } from 'vitest';
import { fetchOrSay } from './unreachable.ts';

const nobody = fetchOrSay(() => Promise.reject(new TypeError('Failed to fetch')));
const client = createClient({ url: 'http://dashboard.test', fetch: nobody });

it('says that nothing was saved where something was to be, and names no command', async () => {
  await expect(client.overview()).rejects.toMatchObject({
    code: 'unreachable',
    message: 'The server does not answer.',
    next: 'Try again when it is back.',
  });
  await expect(client.policies.check('policy: task')).rejects.toMatchObject({ next: 'Try again when it is back.' });
  await expect(client.policies.put('task', 'policy: task')).rejects.toMatchObject({
    message: 'The server does not answer.',
    next: 'As far as this page knows nothing was saved, and what you wrote is still here. Try again when it is back.',
  });
});

it('leaves what was ended on purpose as it is', async () => {
  const ended = fetchOrSay(() => Promise.reject(new DOMException('Enough.', 'AbortError')));
  await expect(ended('/')).rejects.toMatchObject({ name: 'AbortError' });
});

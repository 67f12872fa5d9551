// MJML in a thread of its own: what never ends is ended, what breaks is told, and the next one is compiled all the same.
import { expect, it } from 'vitest';
import { MjmlThread } from './mjml-thread.ts';

/** A thread that answers each source as this code does. */
const threadOf = (answer: string): URL =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads';
      parentPort.on('message', (source) => { ${answer} });
      parentPort.postMessage('ready');`)}`,
  );

it('ends what takes longer than it may, while the process goes on, and takes the next one', async () => {
  const thread = new MjmlThread(
    1_000,
    threadOf("if (source === 'long') for (;;); parentPort.postMessage({ html: source });"),
  );
  const all = ['a', 'long', 'b'].map((source) => thread.compile(source));
  expect(await Promise.all(all)).toEqual([
    { html: 'a' },
    { message: expect.stringMatching(/^It takes longer than 1 seconds? to compile; make it shorter/), errors: [] },
    { html: 'b' },
  ]);
  await thread.end();
});

it('tells what breaks it', async () => {
  const thread = new MjmlThread(
    60_000,
    threadOf("if (source === 'bad') throw new Error('x'); parentPort.postMessage({ html: source });"),
  );
  expect(await thread.compile('bad')).toMatchObject({ message: expect.stringMatching(/^It cannot be compiled \(/) });
  expect(await thread.compile('good')).toEqual({ html: 'good' });
  await thread.end();
});

it('does not wait for ever for a thread that never begins, and begins another for the next one', async () => {
  const silent = new URL('data:text/javascript,setInterval(() => {}, 1_000)');
  const thread = new MjmlThread(60_000, silent, 50);
  for (const source of ['a', 'b'])
    await expect(thread.compile(source)).rejects.toThrow('The thread that compiles MJML has not begun.');
  await thread.end();
});

it('compiles MJML, and says where it is none', async () => {
  const thread = new MjmlThread(60_000);
  expect(await thread.compile('<mjml><mj-body></mj-body></mjml>')).toMatchObject({
    html: expect.stringContaining('<html'),
  });
  expect(await thread.compile('<mjml><mj-body><mj-nothing /></mj-body></mjml>')).toMatchObject({
    errors: [{ line: 1, tagName: 'mj-nothing', message: expect.any(String) }],
  });
  await thread.end();
});

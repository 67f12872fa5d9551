// The thread in which MJML is compiled: it loads the compiler, which takes most of a second, says that it is there, and answers one
// source after the other. Whoever speaks with it is mjml-thread.ts.
import { parentPort } from 'node:worker_threads';
import mjml2html from 'mjml';
import type { Compiled, MjmlFault } from './mjml-thread.ts';

parentPort?.on('message', async (source: string) => {
  parentPort?.postMessage(await compiled(source));
});
parentPort?.postMessage('ready');

/** No includes: a template must not read files. */
async function compiled(source: string): Promise<Compiled> {
  try {
    const { html } = await mjml2html(source, { validationLevel: 'strict', ignoreIncludes: true } as never);
    return { html };
  } catch (error) {
    const { message, errors = [] } = error as Error & { readonly errors?: readonly MjmlFault[] };
    // They hold functions too, which no other thread can be given.
    return { message, errors: errors.map(({ line, tagName, message: said }) => ({ line, tagName, message: said })) };
  }
}

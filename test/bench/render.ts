// How many messages a second are rendered, by channel: the ready invoice's words and the built-in ones, in two languages, with
// everything that sending does after a template is read from the database.
import { CHANNELS, render } from '@relance/core';
import { inputOf, usesOf } from '../ready-words.ts';
import { readyProject } from '../scenario.ts';

const SECONDS = 1;

export async function renderBench(say: (line: string) => void): Promise<void> {
  const id = 'invoice-payment';
  const { policy, templates } = await readyProject(id);
  const [use] = usesOf(policy).filter(({ template }) => template === 'invoice-final');
  const template = templates.get('invoice-final');
  if (use === undefined || template === undefined) throw new Error('The ready invoice has no last reminder.');
  for (const channel of CHANNELS) {
    const inputs = ['en', 'fr'].map((locale) =>
      inputOf({ id, policy, template, use: { ...use, channel }, locale, bare: false }),
    );
    const own = template[channel] === undefined ? null : inputs;
    const builtIn = inputs.map((input) => ({ ...input, template: null }));
    const rates = [own, builtIn].map((some) => (some === null ? '-' : `${rateOf(some).toLocaleString('en')}/s`));
    say(`rendered ${channel}: own words ${rates[0]}, built-in words ${rates[1]}`);
  }
}

function rateOf(inputs: readonly Parameters<typeof render>[0][]): number {
  const once = (at: number): void => {
    const [input] = [inputs[at % inputs.length]];
    if (input === undefined || !render(input).ok) throw new Error('It cannot be rendered.');
  };
  for (let at = 0; at < 500; at++) once(at);
  const begin = performance.now();
  let count = 0;
  for (; performance.now() - begin < SECONDS * 1_000; count++) once(count);
  return Math.round(count / ((performance.now() - begin) / 1_000));
}

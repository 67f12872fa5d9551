// Stories of every ready policy on the real engine and its database: the lines that the core foresees (test/ready.test.ts)
// are what happens, and every message has the words of its template. The first ones of each; `npm run ready` plays them all.
import { describe, expect, it } from 'vitest';
import { READY_IDS, readScenario, sceneOf } from '../scenario.ts';
import { playOnEngine } from '../scenario-engine.ts';

const STORIES = process.env.RELANCE_READY === 'all' ? Number.POSITIVE_INFINITY : 2;

describe.each(READY_IDS)('%s', (id) => {
  it.each(readScenario(id).stories.slice(0, STORIES))('$name', async (story) => {
    const { lines, envelopes } = await playOnEngine(await sceneOf(id, story));
    expect(lines).toEqual(story.expect);
    const texts = envelopes.map(({ content: { subject = 'none', text } }) => `${subject}\n${text}`);
    expect(texts.filter((text) => /\{\{|\{%|undefined|^\n|\n$/.test(text))).toEqual([]);
  });
});

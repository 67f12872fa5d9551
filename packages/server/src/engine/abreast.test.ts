// Work done abreast: how many at once, in which order, and what a failure leaves behind.
import { expect, it } from 'vitest';
import { abreast } from './abreast.ts';

it('has as many under way as asked, and keeps the order', async () => {
  let underWay = 0;
  let most = 0;
  const results = await abreast(3, [5, 4, 3, 2, 1, 0], async (turns) => {
    most = Math.max(most, ++underWay);
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    underWay -= 1;
    return turns * 10;
  });
  expect(results).toEqual([50, 40, 30, 20, 10, 0]);
  expect(most).toBe(3);
});

it('leaves nothing running behind a failure', async () => {
  let finished = 0;
  const failing = abreast(2, [0, 9, 9], async (turns) => {
    if (turns === 0) throw new Error('no');
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    finished += 1;
  });
  await expect(failing).rejects.toThrow('no');
  expect(finished).toBe(2);
});

// What the reader of a refused policy is told: the words a key takes, every anchor there is, and what is not built by its name.
import { describe, expect, it } from 'vitest';
import { compilePolicy } from './compile.ts';

const messages = (stage: object): readonly string[] => {
  const written = {
    policy: 'p',
    open: { on: 'a' },
    key: 'event.data.id',
    assignee: 'event.data.who',
    stages: [{ id: 'first', at: 'opened', ...stage }],
  };
  const compiled = compilePolicy(written, 1);
  return compiled.ok
    ? []
    : compiled.problems.map(({ code, path, message, at }) => `${code} ${path} ${at ?? ''} ${message}`);
};
const CHANNELS = '"email", "sms", "push", "inbox", "chat", "webhook"';

describe('a mistake', () => {
  it('in a contact plan names the channels', () => {
    expect(messages({ notify: { via: 'pigeon' } })).toEqual([
      `policy_value_invalid stages[0].notify.via  "via" takes "preferred", ${CHANNELS}; write one of them.`,
    ]);
    expect(messages({ notify: { via: ['email', 'pigeon'] } })).toEqual([
      `policy_value_invalid stages[0].notify.via[1]  An item of "via" takes ${CHANNELS}; write one of them.`,
    ]);
  });

  it('in an anchor names every anchor', () => {
    expect(messages({ at: 'opend + 1 day' })).toEqual([
      expect.stringContaining('write opened, due, acknowledged, commitment, data.<field> or one of the stages first.'),
    ]);
  });

  it.each([
    ['activity.count("viewed", duration("1h")) > 1', 'activity', 0],
    ['data.x > 1 && activity.last("viewed") > now', 'activity', 14],
    ['size(pending) > 0', 'pending', 5],
    ['engagement.exists(e, e == "read")', 'engagement', 0],
  ])('of asking for what is not built: %s', (when, name, at) => {
    expect(messages({ when })).toEqual([
      expect.stringMatching(new RegExp(`^policy_key_not_built stages\\[0\\]\\.when ${at} `)),
    ]);
    expect(messages({ when })[0]).toContain(`\`${name}\` is not built yet`);
  });

  it('of calling what there is not stays one', () => {
    expect(messages({ when: 'data.activity.frob(1) > 1' })).toEqual([
      expect.stringContaining('unknown function "frob"'),
    ]);
  });
});

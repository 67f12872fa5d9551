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
    ['activity.count(data.type, "1 day") > 1', 15, 'it is written out, as in `activity.count('],
    ['activity.count("viewed", data.window) > 1', 25, 'it is written out'],
    ['engagement.exists(e, e == "read")', 0, 'as in `engagement.acted.proven`'],
    ['engagement.opened', 0, 'A raw `opened` never proves a person'],
  ])('of asking the history for what nobody can gather: %s', (when, at, why) => {
    expect(messages({ when })).toEqual([
      expect.stringMatching(new RegExp(`^policy_condition_invalid stages\\[0\\]\\.when ${at} `)),
    ]);
    expect(messages({ when })[0]).toContain(why);
  });

  it('of calling what there is not stays one', () => {
    expect(messages({ when: 'data.activity.frob(1) > 1' })).toEqual([
      expect.stringContaining('unknown function "frob"'),
    ]);
  });
});

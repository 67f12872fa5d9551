// The worker: takes the pages' questions (desk.ts) and answers them with the core. Long ones rest now and then, so that others are
// answered meanwhile and what nobody waits for any more can end.
import './no-code.ts';
import type { FromWorker, Question, Questions, ToWorker } from './desk.ts';
import { type Going, namesOf, play, readText, schemaOfPolicies } from './rehearse.ts';

const forgotten = new Set<number>();
const tell = (message: FromWorker): void => self.postMessage(message);

type Answers = {
  readonly [Q in Question]: (
    asks: Questions[Q]['asks'],
    going: Going,
  ) => Questions[Q]['gives'] | Promise<Questions[Q]['gives']>;
};
const ANSWERS: Answers = {
  schema: schemaOfPolicies,
  read: readText,
  names: namesOf,
  play,
};

/** A message from ourselves lets those that wait be read first; a timer would wait four milliseconds each time. */
const resting = new MessageChannel();
const rested: (() => void)[] = [];
resting.port1.onmessage = () => rested.shift()?.();
const rest = (): Promise<void> =>
  new Promise((resolve) => {
    rested.push(resolve);
    resting.port2.postMessage(null);
  });

self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.question === 'forget') forgotten.add(data.id);
  else void answer(data);
});

async function answer({ id, question, asks }: Exclude<ToWorker, { question: 'forget' }>): Promise<void> {
  const going: Going = {
    rest,
    ended: () => forgotten.has(id),
    progress: (share) => tell({ id, kind: 'progress', share }),
    elapsedMs: () => performance.now(),
  };
  try {
    const give = ANSWERS[question] as (asks: unknown, going: Going) => unknown;
    const gives = await give(asks, going);
    if (!forgotten.delete(id)) tell({ id, kind: 'answer', gives });
  } catch (error) {
    tell({ id, kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
}

// Mails a second through our SMTP connection to a sink in a process of its own, against nodemailer alone in a loop: the same server, the
// same words, as many connections. In turns, so that both meet the same machine; medians and spread of five.
import { createTransport } from 'nodemailer';
import { smtpConnection } from '../../packages/server/src/channels/providers/smtp.ts';
import { sampleEnvelope } from '../../packages/server/src/channels/sample-envelope.ts';
import { benchSink } from './sink.ts';

const CONNECTIONS = 5;
const RUNS = 5;

/** As many at once as there are connections, until all are sent. */
async function inFlight(count: number, send: (index: number) => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await send(next++);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return (count * 1_000) / (performance.now() - begin);
}

export async function emailBench(count: number, say: (line: string) => void): Promise<void> {
  const sink = await benchSink();
  const { content } = sampleEnvelope();
  const html = `<p>${'Something to do, and by when. '.repeat(100)}</p>`;
  const text = 'Something to do, and by when.\n'.repeat(50);
  const connection = smtpConnection({
    url: `smtp://127.0.0.1:${sink.port}`,
    from: 'Acme <acme@example.test>',
    concurrencyMax: CONNECTIONS,
    returnPath: 'bounces@mail.example.test',
    replyTo: 'reply@mail.example.test',
    addressKey: Buffer.alloc(32, 7),
  });
  const alone = createTransport({
    host: '127.0.0.1',
    port: sink.port,
    pool: true,
    maxConnections: CONNECTIONS,
  } as never);
  const idOf = (index: number): string => `0193a1b2-c3d4-8000-8000-${index.toString(16).padStart(12, '0')}`;
  const ours = async (index: number): Promise<void> => {
    const envelope = sampleEnvelope({ id: idOf(index), content: { ...content, html, text } });
    const outcome = await connection.send(envelope, AbortSignal.timeout(30_000));
    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
  };
  const theirs = (index: number): Promise<unknown> =>
    alone.sendMail({
      from: 'Acme <acme@example.test>',
      to: 'ana@example.test',
      subject: content.subject ?? '',
      text,
      html,
      messageId: `<${idOf(index)}@example.test>`,
    });
  try {
    await inFlight(200, ours);
    await inFlight(200, theirs);
    const rates: { readonly ours: number; readonly theirs: number }[] = [];
    for (let run = 0; run < RUNS; run++)
      rates.push({ ours: await inFlight(count, ours), theirs: await inFlight(count, theirs) });
    const told = (values: readonly number[], digits: number): string => {
      const sorted = values.toSorted((a, b) => a - b).map((value) => value.toFixed(digits));
      return `${sorted[Math.floor(sorted.length / 2)]} (${sorted[0]}–${sorted.at(-1)})`;
    };
    say(`emails a second to ${sink.program}, ${CONNECTIONS} connections, ${RUNS} × ${count}:`);
    say(
      `  ours ${told(
        rates.map((rate) => rate.ours),
        0,
      )}; nodemailer alone ${told(
        rates.map((rate) => rate.theirs),
        0,
      )}`,
    );
    say(
      `  ratio ${told(
        rates.map((rate) => rate.ours / rate.theirs),
        2,
      )}; the goal is 0.80`,
    );
  } finally {
    await connection.close();
    alone.close();
    await sink.stop();
  }
}

// An SMTP server that takes everything and keeps nothing, in a process of its own so that it takes no turn of ours: Postfix's
// smtp-sink where it is installed, else one of Node (email-sink.ts).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { sinkInstalled, startSink } from '../doubles/postfix.ts';

export interface Sink {
  readonly port: number;
  readonly program: string;
  stop(): Promise<void>;
}

export async function benchSink(): Promise<Sink> {
  if (sinkInstalled) {
    const sink = await startSink();
    return { port: sink.port, program: "Postfix's smtp-sink", stop: () => sink.stop() };
  }
  const child = spawn(process.execPath, [join(import.meta.dirname, 'email-sink.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    port: Number(line.toString()),
    program: 'an SMTP server of Node',
    async stop() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

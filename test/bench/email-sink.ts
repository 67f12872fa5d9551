// Where the mails of the bench go when Postfix's smtp-sink is not installed: an SMTP server in a process of its own that throws away what
// it takes. It says its port, and ends when nobody reads that any more. test/bench/email.ts starts it.
import { SMTPServer } from 'smtp-server';

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  disableReverseLookup: true,
  logger: false,
  onData(stream, _session, done) {
    stream.resume();
    stream.on('end', () => done());
  },
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.server.address() as { port: number }).port}\n`);
});
process.stdin.on('end', () => process.exit()).resume();

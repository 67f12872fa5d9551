// A mailbox with a vacation responder: Dovecot's own delivery agent with Sieve (RFC 5230), which a mail server hands each mail to. It
// keeps the mails in a folder of its own, and answers through a mail server on a port of this machine.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const AGENT = '/usr/lib/dovecot/dovecot-lda';
const SIEVE = '/usr/lib/dovecot/modules/lib90_sieve_plugin.so';
/** As Postfix is asked for who sent a mail and to whom. */
const ASKED = ['sender', 'recipient'].map((name) => `\${${name}}`);
/** Mails are delivered as somebody else than root. */
export const dovecotInstalled = process.getuid?.() === 0 && existsSync(AGENT) && existsSync(SIEVE);

export interface Responder {
  /** What a mail server is to run for each mail (postfix.ts); `stripping`: behind a gateway that takes out what says who wrote it. */
  readonly program: readonly string[];
  readonly stripping: readonly string[];
  log(): string;
  stop(): void;
}

/** Answers mails to these addresses with these words, once a day to each sender. `submission`: a port that takes its answers. */
export function startResponder(choice: {
  readonly addresses: readonly string[];
  readonly words: string;
  readonly submission: number;
}): Responder {
  const folder = mkdtempSync(join(tmpdir(), 'relance-dovecot-'));
  const at = (name: string): string => join(folder, name);
  for (const name of ['mail', 'home']) mkdirSync(at(name));
  const addresses = choice.addresses.map((one) => `"${one}"`).join(', ');
  writeFileSync(
    at('away.sieve'),
    `require ["vacation"];\nvacation :days 1 :addresses [${addresses}] :subject "Out of office" "${choice.words}";\n`,
  );
  writeFileSync(
    at('dovecot.conf'),
    `base_dir = ${at('run')}
log_path = ${at('log')}
mail_location = maildir:${at('mail')}
mail_home = ${at('home')}
postmaster_address = postmaster@away.test
hostname = mx.away.test
submission_host = 127.0.0.1:${choice.submission}
protocol lda {
  mail_plugins = sieve
}
plugin {
  sieve = file:${at('away.sieve')}
}
`,
  );
  const deliver = `HOME=${at('home')} USER=ana exec ${AGENT} -c ${at('dovecot.conf')} -f "$1" -a "$2"`;
  writeFileSync(at('deliver.sh'), `#!/bin/sh\n${deliver}\n`);
  // A header that goes on in a second line goes with all of it.
  const strip = `awk 'body { print; next } /^\\r?$/ { body = 1 } /^[^ \\t]/ { gone = tolower($0) ~ /^(auto-submitted|list-[a-z-]*|x-relance-follow-up):/ } !gone'`;
  writeFileSync(at('strip.sh'), `#!/bin/sh\n${strip} | (${deliver})\n`);
  spawnSync('chown', ['-R', 'nobody', folder]);
  return {
    program: ['/bin/sh', at('deliver.sh'), ...ASKED],
    stripping: ['/bin/sh', at('strip.sh'), ...ASKED],
    log: () => (existsSync(at('log')) ? readFileSync(at('log'), 'utf8') : ''),
    stop: () => rmSync(folder, { recursive: true, force: true }),
  };
}

// Mails as nobody should write them: of the corpus with bytes changed, cut and repeated, and with MIME that is broken on purpose.
import { ANSWERS } from '../../packages/server/src/responses/reply/corpus/answers.test-kit.ts';
import { AWAY } from '../../packages/server/src/responses/reply/corpus/programs.test-kit.ts';
import { REPORTS } from '../../packages/server/src/responses/reply/corpus/reports.test-kit.ts';
import { TRAPS } from '../../packages/server/src/responses/reply/corpus/traps.test-kit.ts';
import type { Random } from '../random.ts';
import { mangled, naughtyText } from './mutant.ts';

const CORPUS = [...ANSWERS, ...AWAY, ...REPORTS, ...TRAPS]
  .map(({ raw }) => raw)
  .filter(({ length }) => length < 20_000);

const head = (random: Random, more: string): string =>
  `From: P <p1@example.test>\r\nSubject: Re: it\r\nMessage-ID: <f${random.below(1_000_000_000)}@client.test>\r\n${more}\r\n`;
const oneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ');

const BROKEN: readonly ((random: Random) => string | Buffer)[] = [
  (random) => random.pick(['', '\r\n', '\r\n\r\n', ': : :', 'From:\r\n\r\n']),
  (random) => Buffer.from(random.bytes(random.below(4_000))),
  (random) =>
    head(random, `Content-Type: text/plain; charset=${oneLine(naughtyText(random)).slice(0, 200)}\r\n`) +
    naughtyText(random),
  (random) =>
    Buffer.concat([
      Buffer.from(
        head(
          random,
          `Content-Type: text/html; charset=${random.pick(['utf-16', 'iso-2022-jp', 'utf-7', 'big5', 'x', 'hz'])}\r\n`,
        ),
      ),
      Buffer.from(random.bytes(600)),
    ]),
  (random) =>
    head(random, `Content-Type: multipart/mixed; boundary="${'b'.repeat(random.below(500))}\r\n`) + naughtyText(random),
  (random) => {
    const depth = 1 + random.below(150);
    const open = Array.from(
      { length: depth },
      (_, at) => `--b${at}\r\nContent-Type: multipart/mixed; boundary=b${at + 1}\r\n\r\n`,
    );
    return `${head(random, 'Content-Type: multipart/mixed; boundary=b0\r\n')}${open.join('')}Done`;
  },
  (random) => {
    const part =
      "--x\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename*=utf-8''%ff%00\r\n\r\nJVBERi0x";
    return `${head(random, 'Content-Type: multipart/mixed; boundary=x\r\n')}--x\r\n\r\nDone\r\n${`${part}\r\n`.repeat(1 + random.below(400))}${random.chance(0.5) ? '--x--' : ''}`;
  },
  (random) => `${head(random, `X-Long: ${'x'.repeat(random.below(200_000))}\r\n`)}Done`,
  (random) => `${head(random, `${'References: <a@b.test>\r\n'.repeat(random.below(3_000))}`)}Done`,
  (random) =>
    `${head(
      random,
      `In-Reply-To: ${oneLine(naughtyText(random))}\r\nTo: ${'a@b.test, '.repeat(random.below(2_000))}\r\n`,
    )}Done`,
  (random) =>
    head(
      random,
      `Content-Transfer-Encoding: ${random.pick(['quoted-printable', 'base64', 'x-uuencode', oneLine(naughtyText(random))])}\r\n`,
    ) +
    '=ZZ=0\r\n====\r\n\u0000=\r\n' +
    naughtyText(random),
  (random) =>
    `${head(random, 'Content-Type: text/html\r\n') + '<div>'.repeat(random.below(20_000))}Done${'<!--'.repeat(500)}`,
  (random) =>
    head(random, 'Content-Type: message/rfc822\r\n') +
    head(random, 'Content-Type: message/rfc822\r\n').repeat(random.below(60)),
  (random) =>
    head(random, 'Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n') +
    `--x\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: ${oneLine(naughtyText(random))}\r\nAction: failed\r\nStatus: ${oneLine(naughtyText(random)).slice(0, 60)}\r\n`,
  (random) =>
    [
      `From: ${oneLine(naughtyText(random))}`,
      `Subject: =?${random.pick(['utf-8', 'x', ''])}?${random.pick(['B', 'Q', 'Z'])}?${oneLine(naughtyText(random))}?=`,
      `Message-ID: ${oneLine(naughtyText(random))}`,
      `Date: ${oneLine(naughtyText(random))}`,
      '',
      naughtyText(random),
    ].join('\r\n'),
];

export function mailOf(random: Random): Buffer {
  const made = random.chance(0.5) ? random.pick(CORPUS) : Buffer.from(random.pick(BROKEN)(random) as string);
  return random.chance(0.6) ? mangled(made, random) : made;
}

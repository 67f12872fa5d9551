// Every mail of the ready policies and of the built-in words, read by SpamAssassin where Debian's package is installed: with its
// local rules alone, each stays below 2.0 of the 5.0 points that make it spam.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { render } from '@relance/core';
import { createTransport } from 'nodemailer';
import { describe, expect, it } from 'vitest';
import { inputOf, usesOf } from '../ready-words.ts';
import { READY_IDS, readyProject } from '../scenario.ts';

const SCORE_MAX = 2;
const installed = spawnSync('which', ['spamassassin']).status === 0;
if (!installed && process.env.CI === 'true')
  throw new Error('spamassassin is not installed; .ci/run installs it so that nothing is left out.');
if (!installed) process.stderr.write('LEFT OUT: mails read by SpamAssassin (apt-get install spamassassin).\n');

interface Mail {
  readonly place: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

async function mailsOf(id: string): Promise<readonly Mail[]> {
  const { policy, templates } = await readyProject(id);
  const uses = usesOf(policy).filter(({ channel }) => channel === 'email');
  return uses.flatMap((use) =>
    ['en', 'fr'].flatMap((locale) =>
      [templates.get(use.template) ?? null, ...(id === READY_IDS[0] ? [null] : [])].map((template): Mail => {
        const input = inputOf({ id, policy, template: template ?? { id: '' }, use, locale, bare: false });
        const rendered = render({ ...input, template });
        if (!rendered.ok) throw new Error(rendered.detail);
        const { subject = '', text, html = '' } = rendered.content;
        return { place: `${template?.id ?? 'built-in words'} ${locale}`, subject, text, html };
      }),
    ),
  );
}

/** With the headers that a follow-up's mail has. */
async function written({ subject, text, html }: Mail, number: number): Promise<string> {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  const { message } = await transport.sendMail({
    from: '"Example" <relance@example.com>',
    to: '"Ana García" <ana@example.org>',
    messageId: `<0193a1b2-c3d4-8000-8000-${String(number).padStart(12, '0')}@example.com>`,
    subject,
    text,
    html,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'List-Unsubscribe': '<https://example.com/u/abcdefghijklmnopqrstuv>',
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'List-Id': '"Example" <general.example.com>',
    },
  });
  return message.toString();
}

/** One start for many mails: it reads a mailbox of them. */
function scored(mails: readonly string[]): readonly { readonly score: number; readonly rules: string }[] {
  const box = mails.map(
    (mail) => `From relance@example.com Mon Nov  2 09:00:00 2026\n${mail.replace(/^From /gm, '>From ')}\n`,
  );
  const home = mkdtempSync(join(tmpdir(), 'relance-spam-'));
  try {
    const { stdout, stderr } = spawnSync('spamassassin', ['-L', '-t', '-x', '--mbox'], {
      input: box.join('\n'),
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: home },
      maxBuffer: 256 * 1024 * 1024,
    });
    const found = [...stdout.matchAll(/^X-Spam-Status: \w+, score=(-?[\d.]+)[\s\S]*?tests=([\s\S]*?)(?=\n\S|\n\n)/gm)];
    if (found.length !== mails.length) throw new Error(`${found.length} of ${mails.length} were scored. ${stderr}`);
    return found.map(([, score, rules = '']) => ({ score: Number(score), rules }));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

describe.runIf(installed)('SpamAssassin', () => {
  it('finds what is spam', async () => {
    const spam = 'XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X';
    const mail = await written({ place: '', subject: 'x', text: spam, html: `<p>${spam}</p>` }, 1);
    expect(scored([mail])[0]?.score).toBeGreaterThan(100);
  }, 120_000);
  it.each(READY_IDS)(
    'lets the mails of %s through',
    async (id) => {
      const mails = await mailsOf(id);
      const scores = scored(await Promise.all(mails.map(written)));
      const high = scores.flatMap(({ score, rules }, at) =>
        score < SCORE_MAX ? [] : [`${mails[at]?.place}: ${score}\n${rules}`],
      );
      expect(high).toEqual([]);
    },
    300_000,
  );
});

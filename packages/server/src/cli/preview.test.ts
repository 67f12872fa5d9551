// `relance preview` of a project folder, in this very process: what is printed, what is missing, and what is refused. With a server
// it is http/routes/template.db.test.ts, and test/e2e/cli.test.ts.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { run } from './main.ts';

const FILES: Readonly<Record<string, string>> = {
  'shop/relance.yaml': 'name: Shop\nbranding: { color: "#112233", supportEmail: help@shop.test }\n',
  'shop/directory/people.yaml': 'recipients: [{ id: chloe, name: Chloé, locale: fr, timeZone: Europe/Paris }]\n',
  'shop/templates/foot/email.html': '<p style="color:{{ tenant.color }}">{{ tenant.supportEmail }}</p>',
  'shop/templates/bill/email.subject.txt': 'Bill {{ data.number }}\n',
  'shop/templates/bill/email.html': '<p>Hi {{ recipient.name }}</p>{% render "foot" %}\n',
  'shop/templates/bill/fr/sms.txt': 'Facture {{ data.number }} : {{ data.due | local_date }}\n',
  'shop/templates/ask/template.json': '{ "language": "en" }',
  'shop/templates/ask/sms.txt': '{{ actions.acknowledge.label }}',
  'shop/templates/ask/fr/chat.json': '{ "text": "{{ actions.acknowledge.label }}" }',
  'shop/templates/button/email.mjml':
    '<mjml><mj-body><mj-section><mj-column><mj-button background-color="{{ tenant.color }}" color="{% if data.x %}#000000{% else %}#445566{% endif %}" href="https://x.test/">Go</mj-button></mj-column></mj-section></mj-body></mjml>',
  'shop/templates/broken.yaml': 'sms: { text: "{{ x | nope }}" }\n',
  'data.json': '{ "number": 7, "due": "2026-11-20" }',
  'event.json': '{ "specversion": "1.0", "type": "x", "data": { "number": 8 } }',
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'relance-preview-'));
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function preview(template: string, ...args: readonly string[]) {
  let out = '';
  const hear = (text: unknown): boolean => {
    out += String(text);
    return true;
  };
  const spies = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
  for (const spy of spies) spy.mockImplementation(hear);
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await run(['preview', join(folder, template), ...args]);
    return { out, code: process.exitCode ?? 0 };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}
const file = (name: string): string => join(folder, name);

describe('relance preview', () => {
  it('shows a mail with what it is made of, and writes its HTML', async () => {
    const { out, code } = await preview('shop:bill', '--data', file('data.json'), '--html', file('bill.html'));
    expect([out, code]).toEqual(['Bill 7\n\nHi Preview\nhelp@shop.test\n', 0]);
    expect(readFileSync(file('bill.html'), 'utf8')).toBe(
      '<p>Hi Preview</p><p style="color:#112233">help@shop.test</p>',
    );
  });
  it('shows it to somebody of the folder, in their language', async () => {
    const { out } = await preview(
      'shop/templates/bill',
      '--channel',
      'sms',
      '--recipient',
      'chloe',
      '--data',
      file('data.json'),
    );
    expect(out).toBe('Facture 7 : vendredi 20 novembre 2026\n');
  });
  it('has its buttons in the language of its words', async () => {
    const said = await preview('shop:ask', '--channel', 'sms', '--recipient', 'chloe');
    expect(said.out).toBe('I have this\n');
    expect((await preview('shop:ask', '--channel', 'sms', '--locale', 'es')).out).toBe('I have this\n');
    expect((await preview('shop:ask', '--channel', 'chat', '--locale', 'fr-CA')).out).toBe("Je m'en occupe\n");
  });
  it('has a colour of the tenant in its MJML', async () => {
    const { out } = await preview('shop:button', '--html', file('button.html'));
    expect(out).toContain('Go');
    const html = readFileSync(file('button.html'), 'utf8');
    expect(html).toContain('background:#112233');
    expect(html).toContain('color:#445566');
    expect(html).not.toMatch(/#a1b2c/);
  });
  it('takes the data of an event, and tells what has no value', async () => {
    const { out } = await preview('shop:bill', '--channel', 'sms', '--locale', 'fr-CA', '--data', file('event.json'));
    expect(out).toBe('Facture 8 :\n\nNo value: data.due\n');
  });
  it('as JSON', async () => {
    const { out } = await preview('shop:bill', '--json');
    expect(JSON.parse(out)).toMatchObject({
      channel: 'email',
      locale: 'en',
      missing: ['data.number'],
      content: { subject: 'Bill' },
    });
  });
  it.each([
    ['shop:nope', [], 'There is no template "nope"'],
    ['shop:broken', [], 'undefined filter: nope'],
    ['shop:bill', ['--recipient', 'nobody'], 'There is no recipient "nobody"'],
    ['shop:bill', ['--follow-up', 'x'], 'A folder has no follow-ups'],
    ['shop:bill', ['--send-to', 'a@x.test'], 'A folder has no follow-ups, and sends nothing'],
    ['shop:bill', ['--channel', 'sms', '--html', '/dev/null'], 'There is no HTML to write.'],
    ['shop:bill', ['--data', 'none.json'], 'cannot be read'],
    ['shop', [], 'is no template'],
    ['none/bill', [], 'There is no file or folder'],
  ])('%s %j is refused', async (template, args, text) => {
    const { out, code } = await preview(template, ...args);
    expect(out).toContain(text);
    expect(code).toBe(1);
  });
});

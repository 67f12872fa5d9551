// Storing templates while others work: nothing is compiled while a transaction is open, what somebody changes meanwhile is stored as
// changed, and nobody's templates keep those of other keys waiting.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHttpWorld, type HttpWorld } from '../../../../test/http-world.ts';
import { ENGINE } from '../store/database.ts';
import type { CompileSource } from './mjml-thread.ts';
import { storeTemplates } from './template-store.ts';

let http: HttpWorld;
let somebodyElse: { readonly authorization: string };
let open = 0;
let compiled: { readonly source: string; readonly open: number }[] = [];
let meanwhile: (source: string) => Promise<unknown> = async () => {};
const compileMjml: CompileSource = async (source) => {
  compiled.push({ source, open });
  await meanwhile(source);
  return { html: source };
};
beforeAll(async () => {
  http = await createHttpWorld(({ database }) => ({
    compileMjml,
    database: {
      ...database,
      async transaction(scope, work) {
        open += 1;
        return database.transaction(scope, work).finally(() => (open -= 1));
      },
    },
  }));
  somebodyElse = await bearer();
});
afterAll(() => http.end());
beforeEach(() => {
  compiled = [];
  meanwhile = async () => {};
});

const mail = (words: string) => ({
  email: { subject: 'Hello', mjml: `<mjml><mj-body><mj-raw>${words}</mj-raw></mj-body></mjml>` },
});
const put = (id: string, body: object, headers = {}) => http.call('PUT', `/v1/templates/${id}`, body, headers);
/** By somebody else, whose key has turns of its own. */
const putToo = async (id: string, body: object) => put(id, body, somebodyElse);
const html = async (id: string): Promise<string> =>
  (await http.call('POST', `/v1/templates/${id}/preview`, {})).body.content.html;
const bearer = async () => ({ authorization: `Bearer ${await http.key('default')}` });

describe('a template', () => {
  it('is compiled, with all that are made of it, while no transaction is open', async () => {
    await put('foot', { email: { mjml: '<mj-text>Acme</mj-text>' } });
    for (const id of ['one', 'two']) await put(id, mail(`${id} <mj-include path="foot" />`));
    compiled = [];
    expect(await put('foot', { email: { mjml: '<mj-text>Acme & sons</mj-text>' } })).toMatchObject({ status: 200 });
    expect(compiled.map((one) => one.open)).toEqual([0, 0, 0]);
    expect(await html('one')).toContain('one <mj-text>Acme & sons');
    expect(await html('two')).toContain('two <mj-text>Acme & sons');
  });

  it('is made of what somebody changes while it is compiled, and only what is new is compiled again', async () => {
    await put('part', { email: { mjml: '<mj-text>old</mj-text>' } });
    compiled = [];
    meanwhile = async (source) => {
      if (!source.includes('mine')) return;
      meanwhile = async () => {};
      expect(await putToo('part', { email: { mjml: '<mj-text>new</mj-text>' } })).toMatchObject({ status: 200 });
    };
    const both = { ...mail('mine <mj-include path="part" />'), locales: { fr: mail('seul') } };
    expect(await put('whole', both)).toMatchObject({ status: 200, body: { version: 1 } });
    expect(await html('whole')).toContain('mine <mj-text>new');
    const of = (words: string) => compiled.filter(({ source }) => source.includes(words)).length;
    expect([of('mine'), of('seul')]).toEqual([2, 1]);
    expect(compiled.every((one) => one.open === 0)).toBe(true);
  });

  it('is stored in the end, however often somebody changes what it is made of', async () => {
    let changes = 0;
    const change = () => putToo('ever', { email: { mjml: `<mj-text>${++changes}</mj-text>` } });
    await change();
    const storing = {
      tenant: 'default',
      templates: [{ id: 'last', body: mail('last <mj-include path="ever" />') }],
      compile: async (source: string) => {
        if (source.includes('last') && open === 0) await change();
        return { html: source };
      },
    };
    const tried: number[] = [];
    const versions = await storeTemplates(http.ports.database, storing, (_tx, store) => {
      tried.push(changes);
      return store();
    });
    expect([...versions]).toEqual([['last', 1]]);
    expect(tried).toEqual([2, 3, 4]);
    expect(await html('last')).toContain('last <mj-text>4<');
  });

  it('is not compiled where somebody has changed it since it was read', async () => {
    await put('mine', mail('one'));
    await put('mine', mail('two'));
    compiled = [];
    expect(await put('mine', mail('three'), { 'if-match': '"1"' })).toMatchObject({ status: 412 });
    expect(compiled).toEqual([]);
    meanwhile = async (source) => {
      if (source.includes('three')) await putToo('mine', mail('faster'));
    };
    expect(await put('mine', mail('three'), { 'if-match': '"2"' })).toMatchObject({ status: 412 });
    expect(await html('mine')).toContain('faster');
  });
});

describe('templates of one key', () => {
  it('wait for each other and for nobody else, and too many are told to come again', async () => {
    const [greedy, other] = [await bearer(), await bearer()];
    let goOn: () => void = () => {};
    const held = new Promise<void>((resolve) => (goOn = resolve));
    meanwhile = (source) => (source.includes('greedy') ? held : Promise.resolve());
    const asked = Array.from({ length: 25 }, (_, n) => put(`greedy-${n}`, mail(`greedy ${n}`), greedy));
    const refused = await Promise.race(asked);
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect(refused.body.detail).toMatch(/^MJML is compiled for one request of a key at a time .* 20 of this key wait/);
    await expect.poll(() => compiled.length).toBe(1);
    await expect.poll(() => open).toBe(0); // whoever waits holds no connection
    const preview = (headers = {}) =>
      http.call('POST', '/v1/templates/any/preview', { template: mail('shown') }, headers);
    const [theirs, own, test] = await Promise.all([
      preview(other),
      preview(greedy),
      http.call('POST', '/v1/templates/any/test', { template: mail('shown'), address: 'a@b.test' }, greedy),
    ]);
    expect([theirs.status, own.status, test.status]).toEqual([200, 429, 429]);
    expect(await put('other', mail('other'), other)).toMatchObject({ status: 200 });
    // What has no MJML is looked at without waiting.
    const plain = { channel: 'sms', template: { sms: { text: 'Hi' } } };
    expect((await http.call('POST', '/v1/templates/any/preview', plain, greedy)).status).toBe(200);
    goOn();
    const all = await Promise.all(asked);
    expect(all.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(21);
  });
});

describe('one template that many change at once', () => {
  it('is compiled once for each of them', async () => {
    const key = await bearer();
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => put('busy', mail(`busy ${n}`), key)));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(compiled.filter(({ source }) => source.includes('busy'))).toHaveLength(8);
    expect(open).toBe(0);
  });
});

describe('words that were taken before there was a limit to their tags', () => {
  it('are shown as they are stored, and others are not', async () => {
    const many = { sms: { text: '{% if data.a %}a{% endif %}'.repeat(600) } };
    const preview = (template: object) =>
      http.call('POST', '/v1/templates/many/preview', { channel: 'sms', data: { a: true }, template });
    await put('many', { sms: { text: 'few' } });
    expect(await preview(many)).toMatchObject({ status: 422, body: { code: 'template_invalid' } });
    await http.world.database.transaction(ENGINE, (tx) =>
      tx.query("UPDATE relance.templates SET body = $1 WHERE id = 'many'", [JSON.stringify(many)]),
    );
    expect(await preview(many)).toMatchObject({ status: 200, body: { content: { text: 'a'.repeat(600) } } });
    expect(await preview({ sms: { text: `${many.sms.text}!` } })).toMatchObject({ status: 422 });
  });
});

// Another tenant of the recounted world (recounted-world.test-kit.ts): policies, people, teams and keys have the same names as there, its
// days are those of another zone, and it does something between the acts. Whatever mixed up tenants would count for the wrong one.
import type { HttpWorld } from '../../../../test/http-world.ts';
import type { Random } from '../../../../test/random.ts';
import { eventOf } from '../../../../test/world.ts';
import { ENGINE } from '../store/database.ts';
import { putTenantSettings } from '../store/sql/tenant.ts';
import { type Side, Witness } from './recount-rows.test-kit.ts';

const NEIGHBOUR = 'neighbour';
/** Where it is the next day already for half of the day. */
const ZONE = 'Pacific/Auckland';
const policy = (id: string): object => ({
  policy: id,
  open: { on: `${id}.open` },
  resolve: { on: `${id}.done` },
  key: 'event.data.id',
  assignee: 'event.data.assignee',
  team: { cel: 'event.data.team' },
  fallback: 'recipient(bo)',
  stages: [
    { id: 'notice', at: 'opened', notify: { via: ['email', 'inbox'] } },
    { id: 'reminder', at: 'opened + 2 days', notify: { via: ['email'] } },
    {
      id: 'boss',
      at: 'opened + 4 days',
      escalate: { to: ['recipient(bo)'] },
      notify: { to: ['escalated'], via: ['email'] },
    },
  ],
});

export class Neighbour implements Side {
  readonly tenant = NEIGHBOUR;
  readonly witness: Witness;
  /** Nothing that it has is ever taken away. */
  readonly hasPruned = false;
  /** With which it asks. */
  readonly headers: Readonly<Record<string, string>>;
  readonly #http: HttpWorld;
  readonly #random: Random;
  #events = 0;

  private constructor(http: HttpWorld, random: Random, key: string) {
    this.#http = http;
    this.#random = random;
    this.headers = { authorization: `Bearer ${key}` };
    this.witness = new Witness(http.world.database, NEIGHBOUR);
  }

  /** With one that is acknowledged, one that is cancelled and one that is resolved. */
  static async begin(http: HttpWorld, random: Random): Promise<Neighbour> {
    const one = new Neighbour(http, random, await http.key(NEIGHBOUR));
    await http.world.database.transaction(ENGINE, (tx) => putTenantSettings(tx, NEIGHBOUR, { zone: ZONE }));
    for (const id of ['ana', 'eve', 'bo']) await one.#put(`recipients/${id}`, { email: `${id}@neighbour.test` });
    await one.#put('groups/office', { name: 'Office', members: ['bo'] });
    for (const id of ['policy-0', 'plain']) await one.#put(`policies/${id}`, policy(id));
    const acts = ['acknowledge', 'cancel', 'resolve'];
    for (const [index] of acts.entries()) await one.#opens('plain', `key-${index}`);
    await one.witness.look();
    for (const [index, { id }] of [...one.witness.followUps.values()].entries())
      await one.#asks(id, acts[index] ?? 'resolve', 'ana');
    return one;
  }

  async act(): Promise<void> {
    const random = this.#random;
    const known = [...this.witness.followUps.keys()];
    switch (random.below(3)) {
      case 0:
        return this.#opens(random.pick(['policy-0', 'plain']), `key-${random.below(6)}`);
      case 1:
        return this.#asks(random.pick(known), random.pick(['acknowledge', 'resolve', 'cancel', 'reopen']), 'ana');
      default:
        return this.#news();
    }
  }

  async #opens(id: string, key: string): Promise<void> {
    this.#events += 1;
    const data = { id: key, assignee: this.#random.pick(['ana', 'eve']), team: 'office' };
    const event = eventOf(`${id}.open`, data, { id: `neighbour-${this.#events}` });
    await this.#http.world.node.ingest.submit(NEIGHBOUR, [event]);
    await this.#http.world.settle();
  }

  async #asks(id: string, what: string, actor: string): Promise<void> {
    const { status, text } = await this.#call('POST', `follow-ups/${id}/${what}`, { actor });
    // It may be over, or be open again by another event: what is reopened gives way to that.
    if (![200, 409].includes(status) && !text.includes('"key_taken"')) throw new Error(text);
    await this.#http.world.settle();
  }

  async #news(): Promise<void> {
    const sent = [...this.witness.messages.values()].filter(({ channel }) => channel === 'email');
    const kind = this.#random.pick(['delivered', 'bounced', 'opened'] as const);
    const message = { id: this.#random.pick(sent).id };
    await this.#http.world.node.receipts.take(NEIGHBOUR, 'test', [{ message, kind, at: null, detail: null }]);
    await this.#http.world.settle();
  }

  async #put(path: string, body: unknown): Promise<void> {
    const { status, text } = await this.#call('PUT', path, body);
    if (status >= 300) throw new Error(text);
  }
  #call(method: string, path: string, body: unknown): ReturnType<HttpWorld['call']> {
    return this.#http.call(method, `/v1/${path}`, body, this.headers);
  }
}

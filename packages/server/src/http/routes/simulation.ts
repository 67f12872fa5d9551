// What a published policy would do, among the people of the tenant, without doing it: POST /v1/policies/{id}/simulate. Gathers
// what the policy names in one transaction, plays in memory, and writes nothing. Offline the same is app/simulate-files.ts.
// And what its picture is drawn of: GET /v1/policies/{id}/picture, played among people who are invented.
import {
  compilePolicy,
  type Directory,
  fromRfc3339,
  type Instant,
  namesIn,
  type Policy,
  type PolicyPicture,
  pictureOf,
  planSimulation,
  type SimulationPlan,
  type SimulationProblem,
  type SimulationReport,
  type SimulationRequest,
  seedOf,
  simulating,
  simulationSchema,
  Tally,
  wireSimulation,
} from '@relance/core';
import type { FastifyInstance } from 'fastify';
import type { Tx } from '../../store/database.ts';
import { getCalendar } from '../../store/sql/calendar.ts';
import { readClock } from '../../store/sql/clock.ts';
import { getPolicy, type StoredPolicy } from '../../store/sql/policy.ts';
import { NO_SETTINGS, type TenantSettings, tenantSettings } from '../../store/sql/tenant.ts';
import type { Caller } from '../auth.ts';
import { Playing } from '../playing.ts';
import { countingIn } from '../policy-calendar.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { callerOf, read, readQuery, scopeOf } from '../route.ts';
import { Turns } from '../turns.ts';
import { versionQuerySchema } from './policy.ts';
import { gatherEverybody } from './policy-world.ts';

/** More lines than anybody reads. */
const ITEMS_MAX = 2_000;
/** Of its own time, whatever else the process does in between; all of them keep a caller waiting. */
const RUN_MS_MAX = 500;
const ALL_MS_MAX = 5_000;
/** Of a picture there is one run; it may be the first thing that a busy machine has played since it was started. */
const PICTURE_MS_MAX = 1_000;
/** A version says the same for ever, and its example of a minute ago is as good as one of now. */
const PICTURE_KEPT_MS = 60_000;
const PICTURES_MAX = 500;

/** Each takes its stretch before anybody else is answered again, so there are few; each lasts some seconds at most. */
const AT_ONCE_MAX = 2;
const TURNS = {
  atOnceMax: AT_ONCE_MAX,
  ofKeyMax: AT_ONCE_MAX,
  waitingOfKeyMax: 4,
  words: `${AT_ONCE_MAX} simulations and pictures are made at a time on a node`,
};

export function simulationRoutes(app: FastifyInstance, ports: HttpPorts): void {
  const turns = new Turns(TURNS);
  const inTurn = async <T>({ tenant, keyId }: Caller, work: () => Promise<T>): Promise<T> => {
    const end = await turns.take(`${tenant}/${keyId}`);
    try {
      return await work();
    } finally {
      end();
    }
  };
  app.post<{ Params: { id: string } }>('/v1/policies/:id/simulate', async (request) => {
    const caller = callerOf(request);
    const { tenant } = caller;
    const asked = read(simulationSchema, request.body);
    const row = await ports.database.transaction(scopeOf(caller), (tx) =>
      storedPolicy(tx, { tenant, id: request.params.id, version: null }),
    );
    return inTurn(caller, async () => {
      const { plan, directory } = await ports.database.transaction(scopeOf(caller), (tx) =>
        prepare(tx, ports, { tenant, row }, asked),
      );
      return play(ports, plan, directory, asked);
    });
  });
  const pictures = new Map<string, { readonly until: number; readonly picture: PolicyPicture }>();
  app.get<{ Params: { id: string } }>('/v1/policies/:id/picture', async (request) => {
    const caller = callerOf(request);
    const { tenant } = caller;
    const { version = null } = readQuery(versionQuerySchema, request.query);
    const row = await ports.database.transaction(scopeOf(caller), (tx) =>
      storedPolicy(tx, { tenant, id: request.params.id, version }),
    );
    const name = [tenant, row.id, row.version].join('\n');
    const known = () => {
      const kept = pictures.get(name);
      return kept !== undefined && ports.monotonic() < kept.until ? kept.picture : null;
    };
    return (
      known() ??
      inTurn(caller, async () => {
        const drawn = known(); // by whoever had the turn before
        if (drawn !== null) return drawn;
        const picture = await draw(ports, caller, row);
        if (pictures.size >= PICTURES_MAX) pictures.clear();
        pictures.set(name, { until: ports.monotonic() + PICTURE_KEPT_MS, picture });
        return picture;
      })
    );
  });
}

async function draw(ports: HttpPorts, caller: Caller, row: StoredPolicy): Promise<PolicyPicture> {
  const { tenant } = caller;
  const { policy, planned, directory } = await ports.database.transaction(scopeOf(caller), async (tx) => {
    const { policy, settings, now } = await counting(tx, ports, tenant, row);
    const { zone, activity } = settings;
    const planned = planSimulation(policy, {}, { now, tenantZone: zone, activity });
    return { policy, planned, directory: await gatherEverybody(tx, tenant, NOBODY, now) };
  });
  if (!planned.ok) return pictureOf(policy, null);
  const playing = new Playing(ports.monotonic);
  await playing.rest(); // whoever waits has their turn first
  const alone = { ...limits(playing, PICTURE_MS_MAX), alone: true };
  return pictureOf(policy, await playing.play(simulating(planned.plan, directory, alone)));
}
/** The settings of the tenant hold, but an example has people of its own. */
const NOBODY = { people: [], groups: [], schedules: [] };

const limits = (playing: Playing, msMax = RUN_MS_MAX) => {
  const until = playing.spentMs + msMax;
  return { itemsMax: ITEMS_MAX, goesOn: () => playing.spentMs < until };
};

interface Prepared {
  readonly plan: SimulationPlan;
  readonly directory: Directory;
}

interface Wanted {
  readonly tenant: string;
  readonly id: string;
  /** The newest where null. */
  readonly version: number | null;
}
interface Published {
  readonly policy: Policy;
  readonly settings: TenantSettings;
  readonly now: Instant;
}

async function storedPolicy(tx: Tx, { tenant, id, version }: Wanted): Promise<StoredPolicy> {
  const row = await getPolicy(tx, tenant, id, version);
  if (row === null || (row.deleted && version === null)) throw new Problem('not_found', `There is no policy "${id}".`);
  return row;
}

/** Counting in its calendar; around `at` (RFC 3339), or now. */
async function counting(tx: Tx, ports: HttpPorts, tenant: string, row: StoredPolicy, at?: string): Promise<Published> {
  const compiled = compilePolicy(row.written, row.version);
  if (!compiled.ok)
    throw new Problem('policy_invalid', `This release cannot read the policy: ${compiled.problems[0]?.message}`, {
      errors: compiled.problems,
    });
  const { now } = await readClock(tx);
  const settings = (await tenantSettings(tx, [tenant])).get(tenant) ?? NO_SETTINGS;
  const policy = await countingIn(compiled.policy, ports.calendars, fromRfc3339(at ?? '') ?? now, async (named) => {
    return (await getCalendar(tx, tenant, named))?.body ?? null;
  });
  return { policy, settings, now };
}

async function prepare(
  tx: Tx,
  ports: HttpPorts,
  { tenant, row }: { readonly tenant: string; readonly row: StoredPolicy },
  asked: SimulationRequest,
): Promise<Prepared> {
  const { policy, settings, now } = await counting(tx, ports, tenant, row, asked.at);
  const zone = asked.zone ?? settings.zone;
  const planned = planSimulation(policy, asked, { now, tenantZone: zone, activity: settings.activity });
  if (!planned.ok) throw refused(planned.problems);
  const { asked: first, people, resolved, groups } = namesIn(planned.plan);
  const { schedules } = planned.plan.policy.needs;
  const named = { people: [...first, ...people, ...resolved], groups, schedules };
  const directory = await gatherEverybody(tx, tenant, named, planned.plan.at);
  return { plan: planned.plan, directory: { ...directory, tenant: { ...directory.tenant, zone } } };
}

/** One run after the other, letting everybody else have their turn within each and in between. */
async function play(ports: HttpPorts, plan: SimulationPlan, directory: Directory, asked: SimulationRequest) {
  const { runs = 1, seed = 1 } = asked;
  const begin = ports.monotonic();
  const playing = new Playing(ports.monotonic);
  const playOne = (run: number) =>
    playing.play(simulating(plan, directory, { ...limits(playing), seed: seedOf(seed, run) }));
  const first = await playOne(0);
  if (runs === 1) return wireSimulation(plan, first);
  const tally = new Tally();
  tally.take(first);
  let played = 1;
  for (; played < runs && ports.monotonic() - begin < ALL_MS_MAX; played++) {
    await playing.rest();
    tally.take(await playOne(played));
  }
  const report: SimulationReport = tally.report(seed);
  const notes = played < runs ? [`Only ${played} of ${runs} runs were played in the time there is.`] : [];
  return wireSimulation(plan, { ...first, notes: [...first.notes, ...notes] }, report);
}

const refused = (problems: readonly SimulationProblem[]): Problem =>
  new Problem('invalid', `${problems[0]?.path}: ${problems[0]?.message}`, { errors: problems });

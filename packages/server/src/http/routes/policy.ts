// Policies: compiled and checked against what exists before they are published; a version is immutable.
import {
  checkConsequences,
  checkReferences,
  compilePolicy,
  compileYaml,
  type Instant,
  type Placing,
  type Problem as PolicyProblem,
  toRfc3339,
} from '@relance/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Calendars } from '../../engine/ports.ts';
import type { Tx } from '../../store/database.ts';
import { knownCalendars } from '../../store/sql/calendar.ts';
import { readClock } from '../../store/sql/clock.ts';
import { knownGroups } from '../../store/sql/group.ts';
import {
  deletePolicy,
  getPolicy,
  keepText,
  listPolicies,
  listVersions,
  type NextVersion,
  nextVersion,
  publishPolicy,
} from '../../store/sql/policy.ts';
import { knownSchedules } from '../../store/sql/schedule.ts';
import { knownTemplates } from '../../store/sql/template.ts';
import { tenantSettings } from '../../store/sql/tenant.ts';
import { checkExpected, type Expected, expectedOf } from '../expected.ts';
import { checkText, parseJson } from '../json.ts';
import { placeProblems } from '../policy-calendar.ts';
import { proveFor } from '../policy-proof.ts';
import { checkReach } from '../policy-reach.ts';
import { reachOf, takeTurns } from '../policy-use.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { afterOf, callerOf, INTEGER_MAX, idSchema, pageOf, pageSchema, read, readQuery, scopeOf } from '../route.ts';

export type Publication =
  | {
      readonly ok: true;
      readonly id: string;
      readonly version: number;
      readonly same: boolean;
      /** What somebody else had done before; null where nobody had, or where nothing of it has changed. */
      readonly replaced: Replaced | null;
      readonly warnings: readonly PolicyProblem[];
    }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

export interface Replaced {
  readonly version: number;
  /** The whole of it, its words alone, or that it had been deleted. */
  readonly what: 'version' | 'words' | 'deletion';
  /** The id of a key; null where it is not known, as of whoever has deleted it. */
  readonly by: string | null;
}

export interface WrittenPolicy {
  readonly written: unknown;
  /** The YAML; null where it came as JSON. */
  readonly text: string | null;
  readonly compiled: ReturnType<typeof compilePolicy>;
  /** Gives problems of what it names their line and column, where it is text. */
  readonly placed: Placing;
}

/** YAML text with line numbers in its problems, or JSON. */
export function readPolicy(body: unknown): WrittenPolicy {
  if (typeof body !== 'string')
    return { written: body, text: null, compiled: compilePolicy(body, 1), placed: (problems) => problems };
  const compiled = compileYaml(body, 1);
  const { placed } = compiled;
  if (!compiled.ok) return { written: null, text: body, compiled, placed };
  // Through JSON, so that what is stored is exactly what JSON callers would have sent.
  const written = parseJson(JSON.stringify(compiled.written));
  checkText(written, '');
  return { written, text: body, compiled, placed };
}

export interface Publishing {
  readonly by: string | null;
  readonly calendars: Calendars;
  readonly dryRun?: boolean;
  /** What is published over. */
  readonly expected?: Expected;
}

/** Checks what the policy names, and whom it reaches, in the tenant's directory; publishes unless there is an error. */
export async function publish(
  tx: Tx,
  tenant: string,
  policy: WrittenPolicy,
  { by, calendars, dryRun = false, expected = 'whatever' }: Publishing,
): Promise<Publication> {
  if (!policy.compiled.ok) return { ok: false, problems: policy.compiled.problems };
  const { policy: compiled } = policy.compiled;
  await takeTurns(tx, tenant, 'publication');
  const reach = await reachOf(tx, tenant, [compiled]);
  const known = {
    groups: await knownGroups(tx, tenant),
    schedules: await knownSchedules(tx, tenant),
    calendars: await knownCalendars(tx, tenant),
    templates: await knownTemplates(tx, tenant),
    recipients: reach.recipients,
    resolvers: new Set(Object.keys((await tenantSettings(tx, [tenant])).get(tenant)?.resolvers ?? {})),
  };
  // Whoever publishes over what they have read writes over nobody's words; elsewhere the same policy in other words is the same version.
  const next = await nextVersion(tx, tenant, compiled.id, { ...policy, toTheWord: expected !== 'whatever' });
  const { version, means, same, current } = next;
  checkExpected(expected, { version: current, same }, `policy "${compiled.id}"`);
  const found = policy.placed([
    // What is published as it stands was accepted, by whichever release it was.
    ...(means ? [] : checkConsequences(compiled)),
    ...checkReferences(compiled, known),
    ...(await placeProblems(compiled, calendars)),
    ...checkReach(compiled, reach, 'error'),
  ]);
  const errors = found.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) return { ok: false, problems: errors };
  const warnings = [...policy.compiled.warnings, ...found];
  if (!same && !dryRun)
    await publishPolicy(tx, tenant, {
      id: compiled.id,
      version,
      written: policy.written,
      text: policy.text,
      category: compiled.category,
      by,
    });
  if (same && !dryRun && policy.text !== null)
    await keepText(tx, tenant, { id: compiled.id, version, text: policy.text, by });
  return { ok: true, id: compiled.id, version, same, replaced: replacedBy(by, policy, next), warnings };
}

function replacedBy(by: string | null, { text }: WrittenPolicy, next: NextVersion): Replaced | null {
  const { current, same, words, deleted } = next;
  if (deleted !== null) return { version: deleted, what: 'deletion', by: null };
  if (current === null || next.by === by) return null;
  if (!same) return { version: current, what: 'version', by: next.by };
  return text !== null && words !== null && words !== text ? { version: current, what: 'words', by: next.by } : null;
}

const bodyOf = (request: FastifyRequest): unknown => {
  if (request.body === undefined || request.body === null || request.body === '')
    throw new Problem('invalid', 'The body is empty; send the policy as JSON or YAML.');
  return request.body;
};

const isError = ({ severity }: PolicyProblem): boolean => severity === 'error';

/** So many messages of one follow-up may one person get within 24 hours. */
export const checkQuerySchema = z.object({ maxPerDay: z.coerce.number().int().positive().max(INTEGER_MAX).optional() });

export const versionQuerySchema = z.object({
  version: z.coerce.number().int().positive().max(INTEGER_MAX).optional(),
});

type ById = { Params: { id: string } };

export function policyRoutes(app: FastifyInstance, ports: HttpPorts): void {
  readRoutes(app, ports);
  app.put<ById>('/v1/policies/:id', async (request) => {
    const caller = callerOf(request);
    const id = read(idSchema, request.params.id);
    const policy = readPolicy(bodyOf(request));
    const expected = expectedOf(request);
    if (policy.compiled.ok && policy.compiled.policy.id !== id)
      throw new Problem(
        'policy_invalid',
        `The policy says \`policy: ${policy.compiled.policy.id}\`, the address says "${id}". Make them the same.`,
        { errors: [] },
      );
    const result = await ports.database.transaction(scopeOf(caller), (tx) =>
      publish(tx, caller.tenant, policy, { by: caller.keyId, calendars: ports.calendars, expected }),
    );
    if (!result.ok) throw refused(result.problems);
    return { id: result.id, version: result.version, warnings: result.warnings };
  });
  app.post('/v1/policies/check', async (request) => {
    const caller = callerOf(request);
    const policy = readPolicy(bodyOf(request));
    const { maxPerDay } = readQuery(checkQuerySchema, request.query);
    const { result, proofs } = await ports.database.transaction(scopeOf(caller), async (tx) => {
      const { now } = await readClock(tx);
      return {
        result: await publish(tx, caller.tenant, policy, { by: null, calendars: ports.calendars, dryRun: true }),
        proofs: policy.compiled.ok ? await proveFor(tx, caller.tenant, policy.compiled.policy, { now, maxPerDay }) : [],
      };
    });
    const told = proofs.map(({ claim, holds, text }) => ({ claim, holds, text }));
    if (!result.ok) {
      const [errors, warnings] = [result.problems.filter(isError), result.problems.filter((one) => !isError(one))];
      return { ok: false, errors, warnings, proofs: told };
    }
    // What a policy cannot do at some hour of the year does not keep it from being published.
    const refuted = proofs.flatMap(({ problems }) => problems.map((one) => ({ ...one, severity: 'warning' as const })));
    return { ok: true, id: result.id, errors: [], warnings: [...result.warnings, ...refuted], proofs: told };
  });
  app.delete<ById>('/v1/policies/:id', async (request, reply) => {
    const caller = callerOf(request);
    if (
      !(await ports.database.transaction(scopeOf(caller), (tx) => deletePolicy(tx, caller.tenant, request.params.id)))
    )
      throw new Problem('not_found', `There is no policy "${request.params.id}".`);
    return reply.code(204).send();
  });
}

function readRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get('/v1/policies', async (request) => {
    const caller = callerOf(request);
    const query = readQuery(pageSchema, request.query);
    const rows = await ports.database.transaction(scopeOf(caller), (tx) =>
      listPolicies(tx, caller.tenant, afterOf(query.cursor), query.limit + 1),
    );
    return pageOf(
      rows.map((row) => ({
        id: row.id,
        version: row.version,
        title: row.written.title ?? row.id,
        policy: row.written,
      })),
      query.limit,
      (row) => row.id,
    );
  });
  app.get<ById>('/v1/policies/:id', async (request) => {
    const caller = callerOf(request);
    const { version } = readQuery(versionQuerySchema, request.query);
    const row = await ports.database.transaction(scopeOf(caller), (tx) =>
      getPolicy(tx, caller.tenant, request.params.id, version ?? null),
    );
    // A deleted policy is gone, but the versions that live follow-ups are pinned to can still be read.
    if (row === null || (row.deleted && version === undefined))
      throw new Problem(
        'not_found',
        `There is no policy "${request.params.id}"${version === undefined ? '' : ` with version ${version}`}.`,
      );
    return { id: row.id, version: row.version, deleted: row.deleted, policy: row.written, text: row.text };
  });
  app.get<ById>('/v1/policies/:id/versions', async (request) => {
    const caller = callerOf(request);
    readQuery(z.object({}), request.query);
    const rows = await ports.database.transaction(scopeOf(caller), (tx) =>
      listVersions(tx, caller.tenant, request.params.id),
    );
    if (rows.length === 0) throw new Problem('not_found', `There is no policy "${request.params.id}".`);
    return {
      items: rows.map((row) => ({
        version: row.version,
        createdAt: toRfc3339(row.created_at as Instant),
        createdBy: row.created_by,
        createdByName: row.name,
      })),
      nextCursor: null,
    };
  });
}

const refused = (problems: readonly PolicyProblem[]): Problem => {
  const [first] = problems;
  return new Problem(
    'policy_invalid',
    first === undefined ? 'The policy is not valid.' : `${first.path === '' ? '' : `${first.path}: `}${first.message}`,
    { errors: problems },
  );
};

// Figures by HTTP: what became of follow-ups and messages, as JSON or, for spreadsheets and R, as CSV. What is asked and answered is
// insights/answer.ts. Numbers for operators are elsewhere (/metrics, health.ts).
import {
  CURVES,
  type CurveName,
  csvLine,
  type MetricKey,
  messageColumnNames,
  metricColumnNames,
  metricColumns,
  type WireCurve,
  type WireInterrupted,
} from '@relance/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  type Answer,
  type Answered,
  type Asked,
  askCurves,
  askFigures,
  askMessages,
  QUESTIONS,
  type Question,
} from '../../insights/answer.ts';
import { askInterrupted, INTERRUPTED_COLUMNS } from '../../insights/interrupted.ts';
import type { HttpPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { callerOf, readQuery } from '../route.ts';

const name = z.string().min(1).max(200);
export const metricQuerySchema = z.object({
  from: name.optional().describe('a date or RFC 3339; 30 days in all when not given'),
  to: name.optional().describe('likewise; today when not given'),
  groupBy: name.optional().describe('of policy, stage, channel, team, level and day, with commas between'),
  policy: name.optional().describe('of this policy alone'),
  team: name.optional().describe('of this team alone'),
  format: z.enum(['json', 'csv']).optional().describe('csv: as with `Accept: text/csv`'),
});

export const curveQuerySchema = metricQuerySchema.extend({
  of: z
    .enum(Object.keys(CURVES) as [CurveName, ...CurveName[]])
    .default('responseTime')
    .describe('which of the times of figures'),
});

/** Of no team: a message is sent by a policy. */
export const messageQuerySchema = metricQuerySchema.omit({ team: true }).extend({
  groupBy: name
    .optional()
    .describe('of policy, stage, channel, provider, template, templateVersion, locale and day, with commas between'),
});

const PEOPLE_MAX = 1_000;
/** As far back as messages are kept. */
export const interruptedQuerySchema = metricQuerySchema.omit({ groupBy: true, team: true }).extend({
  recipient: name.optional().describe('of this person alone'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(PEOPLE_MAX)
    .default(20)
    .describe(`at most so many people, those first who were interrupted most; up to ${PEOPLE_MAX}`),
});

type Ask<Row> = (tenant: string, asked: Asked) => Promise<Answered<Row>>;
/** Its columns are known from what was asked, so that they are named where there is no row too. */
interface Table<Row> {
  readonly namesOf: (groupBy: readonly string[]) => readonly string[];
  readonly columnsOf: (row: Row) => Readonly<Record<string, string | number | null>>;
}

export function metricRoutes(app: FastifyInstance, ports: HttpPorts): void {
  const route = <Row>(name: string, schema: typeof messageQuerySchema, ask: Ask<Row>, table: Table<Row>) =>
    app.get(`/v1/metrics/${name}`, async (request, reply) => {
      const { tenant } = callerOf(request);
      const { format, ...asked } = readQuery(schema, request.query);
      const answer = answerOf(await ask(tenant, asked));
      return (format ?? wantedFormat(request)) === 'json' ? answer : sendCsv(reply, name, csvOf(answer, table));
    });
  for (const question of Object.keys(QUESTIONS) as Question[])
    route(question, metricQuerySchema, (tenant, asked) => askFigures(ports, tenant, question, asked), {
      namesOf: metricColumnNames,
      columnsOf: metricColumns,
    });
  route('messages', messageQuerySchema, (tenant, asked) => askMessages(ports, tenant, asked), {
    namesOf: messageColumnNames,
    columnsOf: (row) => row,
  });
  app.get('/v1/metrics/interrupted', async (request, reply) => {
    const { tenant } = callerOf(request);
    const { format, ...asked } = readQuery(interruptedQuerySchema, request.query);
    const answer = answerOf(await askInterrupted(ports, tenant, asked));
    if ((format ?? wantedFormat(request)) === 'json') return answer;
    const table = { namesOf: () => INTERRUPTED_COLUMNS, columnsOf: (row: WireInterrupted) => ({ ...row }) };
    return sendCsv(reply, 'interrupted', csvOf(answer, table));
  });
  app.get('/v1/metrics/curves', async (request, reply) => {
    const { tenant } = callerOf(request);
    const { format, of, ...asked } = readQuery(curveQuerySchema, request.query);
    const answer = answerOf(await askCurves(ports, tenant, of, asked));
    if ((format ?? wantedFormat(request)) === 'json') return { of, ...answer };
    return sendCsv(reply, of, csvOfCurves(answer));
  });
}

function answerOf<Row>(answered: Answered<Row>): Answer<Row> {
  if (answered.kind === 'answer') return answered.answer;
  const { path, message } = answered.wrong;
  throw new Problem('invalid', `\`${path}\` ${message}.`, { errors: [answered.wrong] });
}

const sendCsv = (reply: FastifyReply, name: string, text: string): FastifyReply =>
  reply
    .header('content-type', 'text/csv; charset=utf-8; header=present')
    .header('content-disposition', `attachment; filename="${name}.csv"`)
    .send(text);

const wantedFormat = ({ headers: { accept = '' } }: FastifyRequest): 'json' | 'csv' =>
  accept.includes('text/csv') && !accept.includes('json') ? 'csv' : 'json';

function csvOf<Row>({ rows, groupBy }: Answer<Row>, { namesOf, columnsOf }: Table<Row>): string {
  const names = namesOf(groupBy);
  const columns = rows.map(columnsOf);
  return [names, ...columns.map((row) => names.map((each) => textOf(row[each])))].map(csvLine).join('');
}

/** A line for each point, so that R and spreadsheets draw it as it is. */
const POINT_COLUMNS = ['seconds', 'waiting', 'lower', 'upper', 'atRisk'] as const;
const csvOfCurves = ({ rows, groupBy }: Answer<WireCurve>): string =>
  [
    [...groupBy, ...POINT_COLUMNS],
    ...rows.flatMap((row) =>
      row.points.map((point) => [
        ...groupBy.map((key) => textOf(row[key as MetricKey])),
        ...POINT_COLUMNS.map((column) => textOf(point[column])),
      ]),
    ),
  ]
    .map(csvLine)
    .join('');
const textOf = (value: string | number | null | undefined): string | null => (value == null ? null : String(value));

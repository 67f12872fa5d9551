// What may only move forward, compared from step to step: revisions, generations, timelines and message statuses; and
// the timeline folded again, which must tell the same status and the same runs as the follow-up's row.
import { type FollowUpStatus, isSent, type MessageStatus, outranks } from '@relance/core';
import { type Database, ENGINE } from '../../packages/server/src/store/database.ts';

interface FollowUpRow {
  readonly id: string;
  readonly status: FollowUpStatus;
  readonly generation: number;
  readonly revision: number;
  readonly timeline_count: number;
  readonly progress: Readonly<Record<string, { readonly runs?: number; readonly extraRuns?: number }>>;
}
interface Line {
  readonly follow_up_id: string;
  readonly kind: string;
  readonly reason: string;
  readonly stage: string | null;
  readonly data: { readonly run?: number; readonly pauses?: boolean } | null;
}
interface MessageRow {
  readonly id: string;
  readonly status: MessageStatus;
}

export class History {
  #followUps = new Map<string, FollowUpRow>();
  #messages = new Map<string, MessageStatus>();

  /** Looks, compares with the last look, and answers with what has gone backwards or disagrees. */
  async look(database: Database): Promise<string[]> {
    const now = await database.transaction(ENGINE, async (tx) => ({
      followUps: await tx.query<FollowUpRow>(
        `SELECT id, status, generation, revision, timeline_count, state -> 'progress' AS progress FROM relance.follow_ups ORDER BY id`,
      ),
      lines: await tx.query<Line>(
        'SELECT follow_up_id, kind, reason, stage, data FROM relance.timeline ORDER BY follow_up_id, seq',
      ),
      messages: await tx.query<MessageRow>('SELECT id, status FROM relance.messages'),
    }));
    const broken = [
      ...now.followUps.flatMap((row) => this.#backwards(row)),
      ...now.messages.flatMap((row) => this.#unfinished(row)),
      ...now.followUps.flatMap((row) =>
        retold(
          row,
          now.lines.filter((line) => line.follow_up_id === row.id),
        ),
      ),
    ];
    if (now.followUps.length < this.#followUps.size) broken.push('a follow-up has gone');
    if (now.messages.length < this.#messages.size) broken.push('a finished message has gone');
    this.#followUps = new Map(now.followUps.map((row) => [row.id, row]));
    this.#messages = new Map(now.messages.map((row) => [row.id, row.status]));
    return broken;
  }

  statusOf(message: string): MessageStatus | undefined {
    return this.#messages.get(message);
  }

  #backwards(row: FollowUpRow): string[] {
    const before = this.#followUps.get(row.id);
    if (before === undefined) return [];
    const changed = row.status !== before.status || row.timeline_count !== before.timeline_count;
    return [
      ...(row.revision < before.revision ? ['revision'] : []),
      ...(changed && row.revision === before.revision ? ['revision, which stood still through a change'] : []),
      ...(row.generation < before.generation ? ['generation'] : []),
      ...(row.timeline_count < before.timeline_count ? ['timeline'] : []),
    ].map((what) => `went backwards: ${what} of ${row.id}`);
  }

  /** A finished message stays as it is; only a receipt of one that was sent may move it on. */
  #unfinished({ id, status }: MessageRow): string[] {
    const before = this.#messages.get(id);
    if (before === undefined || before === status || (isSent(before) && outranks(status, before))) return [];
    return [`went backwards: message ${id} from ${before} to ${status}`];
  }
}

/** The status that a timeline tells, and its runs: each number once in a generation, none that the row does not count. */
function retold(row: FollowUpRow, lines: readonly Line[]): string[] {
  const status = lines.reduce<FollowUpStatus>((told, line) => statusAfter(told, line), 'open');
  const begun = lines.findLastIndex((line) => line.kind === 'opened' || line.kind === 'reopened');
  const runs = lines.slice(begun).filter((line) => line.kind === 'stage_ran');
  const broken = status === row.status ? [] : [`the timeline tells ${status}, the row says ${row.status}: ${row.id}`];
  for (const stage of new Set(runs.map((line) => line.stage ?? ''))) {
    const own = runs.filter((line) => line.stage === stage);
    const { runs: ordinary = 0, extraRuns: extra = 0 } = row.progress[stage] ?? {};
    if (new Set(own.map((line) => line.data?.run)).size !== own.length)
      broken.push(`a run is told twice: ${stage} of ${row.id}`);
    if (own.length > ordinary + extra)
      broken.push(`${own.length} runs are told, ${ordinary} + ${extra} are counted: ${stage} of ${row.id}`);
  }
  return broken;
}

const ENDS_PAUSE: readonly string[] = [
  'unacknowledged command',
  'resumed acknowledgement_expired',
  'resumed snooze_ended',
  'resumed commitment_missed',
  'reassigned reassigned',
  'delegated delegated',
  'declined declined',
  'declined wrong_person',
  'noted escalated_by_hand',
];

function statusAfter(status: FollowUpStatus, { kind, reason, data }: Line): FollowUpStatus {
  if (kind === 'opened' || kind === 'reopened') return 'open';
  if (kind === 'resolved' || kind === 'cancelled' || kind === 'expired') return kind;
  if (kind === 'committed' || (kind === 'acknowledged' && data?.pauses !== false)) return 'acknowledged';
  return status === 'acknowledged' && ENDS_PAUSE.includes(`${kind} ${reason}`) ? 'open' : status;
}

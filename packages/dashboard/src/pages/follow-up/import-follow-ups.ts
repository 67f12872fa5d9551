// Follow-ups as a kind of import: each row opens one of a policy, under the key that the policy makes of its data. One that is live
// under that key is fed instead, as by an event; so a row that is sent again opens nothing twice.
import { type ListedPolicy, type OpenAnswer, type OpenRequest, RelanceProblem } from '@relance/client';
import { fromRfc3339, isDate } from '@relance/core';
import { api } from '../../api.ts';
import type { ImportKind, Outcome, RowRecord } from '../import/import-kind.ts';
import { isLive } from './standing.tsx';

/** Each is a request of its own; so many are shown to have come at once. */
const AT_ONCE = 20;

export const followUpsOf = ({ id, policy }: ListedPolicy): ImportKind<OpenRequest> => ({
  one: 'follow-up',
  many: 'follow-ups',
  fields: [
    // The policy makes the key of the data, as it does of an event, so that its events find it: nothing is guessed here.
    { name: 'key', label: 'Key (else the policy’s own)', required: false, called: ['key', 'followupkey'] },
    { name: 'title', label: 'Title', required: false, called: ['title', 'subject', 'summary', 'description', 'name'] },
    {
      name: 'assignee',
      label: 'Assignee (id)',
      required: false,
      called: ['assignee', 'assigneeid', 'assignedto', 'responsible', 'owner'],
    },
    { name: 'dueAt', label: 'Due', required: false, called: ['due', 'duedate', 'dueat', 'deadline', 'echeance'] },
    {
      name: 'requester',
      label: 'Requester (id)',
      required: false,
      called: ['requester', 'requesterid', 'requestedby'],
    },
    { name: 'team', label: 'Team (id of a group)', required: false, called: ['team', 'teamid', 'group'] },
    { name: 'url', label: 'Link', required: false, called: ['url', 'link'] },
  ],
  extra: {
    label: 'field of its data',
    says: 'Data is what the policy reads (event.data.amount) and what mails may show. What is not ticked is not taken from the file.',
    prefixes: ['data.'],
    all: true,
  },
  atOnce: AT_ONCE,
  bodyOf: (record) => bodyOf(id, record),
  send: (bodies, dryRun) => Promise.all(bodies.map((body) => openOne(body, dryRun, opensForEach(policy)))),
});

function bodyOf(policy: string, { fields, extra }: RowRecord): ReturnType<ImportKind<OpenRequest>['bodyOf']> {
  const { key, title, url, dueAt, ...people } = fields;
  if (dueAt !== undefined && !isDate(dueAt) && fromRfc3339(dueAt) === null)
    return { why: `“${dueAt}” is no date such as 2026-12-01, and no time such as 2026-12-01T09:00:00Z.` };
  const subject = { ...(title === undefined ? {} : { title }), ...(url === undefined ? {} : { url }) };
  return {
    name: null, // of which one a row is, the server's answer says: several people may each have one under a key
    body: {
      policy,
      ...(key === undefined ? {} : { key }),
      ...people,
      // A date as it stands: when that day is over, the policy says.
      ...(dueAt === undefined ? {} : { dueAt }),
      ...(Object.keys(subject).length === 0 ? {} : { subject }),
      ...(Object.keys(extra).length === 0 ? {} : { data: extra }),
    },
  };
}

/** Whether each of its assignees has one of their own under the same key. */
const opensForEach = ({ assignees, require }: ListedPolicy['policy']): boolean =>
  assignees !== undefined && require === undefined;

async function openOne(body: OpenRequest, dryRun: boolean, forEach: boolean): Promise<Outcome> {
  try {
    const answer = await api.followUps.open(body, { dryRun });
    const held = isLive(answer.status) ? { holds: holdsOf(body, answer, forEach) } : {};
    return answer.opened
      ? { kind: 'created', ...held }
      : { kind: 'changed', fields: ['live already: it is fed'], ...held };
  } catch (error) {
    if (error instanceof RelanceProblem && REFUSALS.includes(error.status))
      return { kind: 'refused', why: error.detail };
    throw error;
  }
}

const holdsOf = ({ assignee: asked }: OpenRequest, { key, assignee }: OpenAnswer, forEach: boolean): string =>
  JSON.stringify(forEach ? [key, asked ?? assignee] : [key]);

/** What is wrong with the row itself; anything else ends the import. */
const REFUSALS: readonly number[] = [400, 409, 422];

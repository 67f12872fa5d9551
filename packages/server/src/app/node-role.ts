// The parts that one node may run: the listening socket and the engine's loops. Apart from serve.ts, so that the command
// can name them without loading the server.
import type { Role } from '../engine/loop.ts';

export const NODE_ROLES = ['api', 'wake', 'deliver', 'sweep'] as const satisfies readonly (Role | 'api')[];
export type NodeRole = (typeof NODE_ROLES)[number];

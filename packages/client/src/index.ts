// The typed client of the Relance HTTP interface, for Node and browsers, without dependencies.
export { type Client, createClient, createInboxClient, type InboxClient, type WrittenOver } from './client.ts';
export type * from './metrics.ts';
export type * from './preference.ts';
export { RelanceProblem } from './problem.ts';
export type * from './shapes.ts';
export type * from './shapes-policy.ts';
export type * from './shapes-setting.ts';
export type * from './simulation.ts';
export type { ClientOptions, Query } from './transport.ts';

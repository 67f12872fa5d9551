// The typed client of the Relance HTTP interface, for Node and browsers, without dependencies.
export { type Client, type ClientOptions, createClient } from './client.ts';
export { RelanceProblem } from './problem.ts';
export type * from './shapes.ts';

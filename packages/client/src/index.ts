// The typed client of the Relance HTTP interface, for Node and browsers, without dependencies.
export { type Client, createClient, createInboxClient, type InboxClient } from './client.ts';
export type { AnswerOf, Asked, AskedRoute, BodyOf, Door, EventsOf, QueryOf, RouteName } from './door.ts';
export { eventReader, SILENCE_MAX_MS, type StreamEvent, streamOf, textsOf, waitAfter } from './event-stream.ts';
export type * from './generated.ts';
export { RelanceProblem } from './problem.ts';
export type * from './shapes.ts';
export type { StreamOptions, Told } from './stream.ts';
export { ASKED_AGAIN, type ClientOptions, type Query } from './transport.ts';
export type { Seen, WrittenOver } from './written-over.ts';

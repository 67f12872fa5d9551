// The face of the core: everything the server, the simulator, the dashboard and users' own tests use.
export * from './advance.ts';
export * from './contact-plan.ts';
export * from './content.ts';
export * from './decide.ts';
export * from './follow-up.ts';
export * from './ids.ts';
export * from './input.ts';
export * from './instant.ts';
export * from './message.ts';
export * from './open.ts';
export * from './policy/policy.ts';
export * from './reason.ts';
export * from './recipient.ts';
export * from './route.ts';
export * from './timing.ts';
export { urgencyRank } from './run-stage.ts';
export * from './render.ts';
export * from './sentence.ts';

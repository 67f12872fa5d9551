// For authors of providers: the conformance suite that every connection of ours goes through, without a test runner, and a
// message to try them with. Published as `relance/testing`.
export { type Adapter, type Check, conformanceOf, type RunningAdapter } from './channels/conformance.ts';
export { sampleEnvelope } from './channels/sample-envelope.ts';

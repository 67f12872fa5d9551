// What tests by chance choose is the same in every run, so that a run that failed can be had again and a change is judged by itself:
// RELANCE_TEST_SEED chooses something else (`RELANCE_TEST_SEED=$RANDOM npm test`), and long campaigns choose more.
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.RELANCE_TEST_SEED ?? 20261126) });

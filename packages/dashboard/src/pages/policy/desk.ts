// What the pages ask of the core, which runs beside them in a worker (worker.ts): reading a policy's text, and playing it.
// One worker serves every page and is begun when it is first asked. What is played tells how far it has come, and ends when nobody
// waits for it any more.
import type { PolicyWorld, PolicyWorldRequest } from '@relance/client';
import type { Problem, SimulationRequest, WireSimulation } from '@relance/core';

type Plain = Readonly<Record<string, unknown>>;

/** What the text says, as far as it can be read. */
export interface Reading {
  /** Null where it cannot be published. */
  readonly policy: { readonly id: string; readonly title: string; readonly stages: readonly string[] } | null;
  /** Errors, or warnings of what can be published. */
  readonly problems: readonly Problem[];
}
export type Names = Required<Pick<PolicyWorldRequest, 'recipients' | 'groups' | 'schedules' | 'calendar'>>;

/** By what held messages back: how often in all runs. */
export type Held = Readonly<Record<string, number>>;
export interface Played {
  readonly simulation: WireSimulation;
  readonly held: Held;
  readonly lasted: number;
  /** Where the policy counts its time: an opening without a zone is by the clocks there. */
  readonly zone: string;
}
export interface PlayRequest {
  readonly text: string;
  readonly asked: SimulationRequest;
  /** The tenant's people, settings and calendar. */
  readonly world: PolicyWorld;
  /** Groups and schedules are invented like people where nobody knows them. */
  readonly alone: boolean;
  readonly now: string;
  /** Of whoever reads it: sentences tell times in it. */
  readonly zone: string;
}
/** A plan that cannot be played, or a text that cannot be read. */
export type OrProblems<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly { readonly path: string; readonly message: string }[] };

export interface Questions {
  readonly schema: { readonly asks: null; readonly gives: Plain };
  readonly read: { readonly asks: string; readonly gives: Reading };
  readonly names: { readonly asks: Pick<PlayRequest, 'text' | 'asked' | 'now'>; readonly gives: OrProblems<Names> };
  readonly play: { readonly asks: PlayRequest; readonly gives: OrProblems<Played> };
}
export type Question = keyof Questions;

export type ToWorker =
  | { [Q in Question]: { readonly id: number; readonly question: Q; readonly asks: Questions[Q]['asks'] } }[Question]
  | { readonly id: number; readonly question: 'forget' };
export type FromWorker =
  | { readonly id: number; readonly kind: 'answer'; readonly gives: unknown }
  | { readonly id: number; readonly kind: 'failed'; readonly message: string }
  | { readonly id: number; readonly kind: 'progress'; readonly share: number };

interface Waiting {
  readonly resolve: (gives: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly progress: (share: number) => void;
}

const waiting = new Map<number, Waiting>();
let count = 0;
let worker: Worker | null = null;

function workerHere(): Worker {
  if (worker !== null) return worker;
  const made = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  made.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    const one = waiting.get(data.id);
    if (one === undefined) return;
    if (data.kind === 'progress') return one.progress(data.share);
    waiting.delete(data.id);
    if (data.kind === 'answer') one.resolve(data.gives);
    else one.reject(new Error(data.message));
  });
  // It could not be loaded, or it ended: whoever asks next tries again.
  made.addEventListener('error', ({ message }) => {
    worker = null;
    for (const { reject } of waiting.values())
      reject(new Error(`What works on policies beside this page has failed: ${message || 'it could not be loaded'}.`));
    waiting.clear();
  });
  worker = made;
  return made;
}

interface Asking {
  readonly signal?: AbortSignal;
  readonly progress?: (share: number) => void;
}

/** Rejects with the reason of `signal` when it is aborted; the worker then stops at its next rest. */
export function ask<Q extends Question>(
  question: Q,
  asks: Questions[Q]['asks'],
  { signal, progress = () => {} }: Asking = {},
): Promise<Questions[Q]['gives']> {
  signal?.throwIfAborted();
  const id = ++count;
  const here = workerHere();
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve: resolve as (gives: unknown) => void, reject, progress });
    signal?.addEventListener('abort', () => {
      if (!waiting.delete(id)) return;
      here.postMessage({ id, question: 'forget' } satisfies ToWorker);
      reject(signal.reason as Error);
    });
    here.postMessage({ id, question, asks } as ToWorker);
  });
}

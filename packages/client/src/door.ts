// Every route of the HTTP interface through one function: the route is named, and its path, query, body and answer have the types that
// the server's own route table gives them (generated.ts). The nouns of client.ts all go through it; a request is transport.ts.
import type { Routes } from './generated.ts';
import type { Call, Transport } from './transport.ts';

/** As in `GET /v1/follow-ups/{id}`. */
export type RouteName = keyof Routes;

/** Of an answer that is JSON; `undefined` where nothing is said (204). */
export type AnswerOf<R extends RouteName> = Routes[R] extends { readonly answer: infer A } ? A : never;
export type QueryOf<R extends RouteName> = Routes[R] extends { readonly query?: infer Q } ? NonNullable<Q> : never;
type Bodies<R extends RouteName> = 'body' extends keyof Routes[R]
  ? NonNullable<(Routes[R] & { readonly body?: object })['body']>
  : never;
/** What is sent as JSON. */
export type BodyOf<R extends RouteName> = 'application/json' extends keyof Bodies<R>
  ? Bodies<R>['application/json']
  : never;
/** Of a stream: the data of its events, by their names. */
export type EventsOf<R extends RouteName> = Routes[R] extends { readonly events: infer E } ? E : never;

/** Streams are read by functions of their own (stream.ts). */
export type AskedRoute = { [R in RouteName]: Routes[R] extends { readonly events: unknown } ? never : R }[RouteName];

type Part<T, K extends string> = K extends keyof T ? Pick<T, K> : { readonly [N in K]?: undefined };
/** JSON need not be named. */
type Sent<B> = {
  [T in keyof B]: T extends 'application/json'
    ? { readonly body: B[T]; readonly type?: T }
    : { readonly body: B[T]; readonly type: T };
}[keyof B];
type BodyPart<T> = 'body' extends keyof T
  ? T extends { readonly body: infer B }
    ? Sent<B>
    : Partial<Sent<NonNullable<(T & { readonly body?: object })['body']>>>
  : { readonly body?: undefined; readonly type?: undefined };

interface Anyway {
  /** The answer as it is written, whatever it is: CSV, iCalendar, or JSON that is kept as a text. */
  readonly text?: boolean;
  /** Doing it twice is not the same as once: the server is asked to recognise a repeat. */
  readonly once?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}
export type Asked<R extends RouteName> = Part<Routes[R], 'path'> &
  Part<Routes[R], 'query'> &
  BodyPart<Routes[R]> &
  Anyway;
/** Nothing need be said where everything may be left out. */
type Said<A> = object extends A ? [asked?: A] : [asked: A];

export interface Door {
  /** An answer that is no JSON, or is wanted as it is written. */
  <R extends AskedRoute>(route: R, asked: Asked<R> & { readonly text: true }): Promise<string>;
  /** A route that answers no JSON is never answered here: ask with `text`. */
  <R extends AskedRoute>(route: R, ...said: Said<Asked<R> & { readonly text?: false }>): Promise<AnswerOf<R>>;
}

/** The same without types, for what is told of many routes at once: whoever writes it down says what it takes and answers. */
export type PlainDoor = <A>(route: string, asked?: PlainAsked) => Promise<A>;
export interface PlainAsked extends Anyway {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: object | undefined;
  readonly body?: unknown;
  readonly type?: string;
}

export function createDoor(call: Transport): Door & PlainDoor {
  const ask = async (route: string, asked: PlainAsked = {}): Promise<unknown> => {
    const [method, pattern] = route.split(' ') as [string, string];
    const path = pattern.replace(/{(\w+)}/g, (_all, name: string) => encodeURIComponent(asked.path?.[name] as string));
    const response = await call({ ...asked, method, path } as Call);
    return response.status === 204 ? undefined : asked.text ? response.text() : response.json();
  };
  return ask as Door & PlainDoor;
}

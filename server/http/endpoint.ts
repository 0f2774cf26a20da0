import type { z } from 'zod';
import type { Logger } from '../log/logger.js';
import type { ErrorSpec } from './api-error.js';
import type { BodySpec, ReplySpec } from './payload.js';

export type Method = 'get' | 'head' | 'post' | 'put' | 'delete';

/**
 * Who may call: `user` needs the headers that nginz sets for a verified access token; `open` is for everyone;
 * `internal` is for other services, under `/i/`, which nginz does not let through.
 */
export type Auth = 'user' | 'open' | 'internal';

/** The user behind a call, from the headers that nginz sets. */
export interface Identity {
  /** UUID. */
  readonly user: string;
  /** Client id, lower-case hex without leading zeros, where the token is bound to one. */
  readonly client: string | undefined;
  /** The connection that the token names: events it causes are not pushed to its own socket. */
  readonly connection: string;
}

/**
 * All that is to know of an endpoint: the one source of its validation, its types and its description.
 * Paths name parameters as `:name`; a path under `/i/` is internal.
 */
export interface EndpointSpec<
  A extends Auth = Auth,
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B = unknown,
  R extends Replies = Replies,
> {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly auth: A;
  /** Served without `/vN` too; everything else needs a version. Internal endpoints have none. */
  readonly unversioned?: boolean;
  /** The first API version that has it. */
  readonly since?: number;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: BodySpec<B>;
  readonly replies: R;
  /** Errors that it tells clients beyond those of every endpoint. */
  readonly errors?: readonly ErrorSpec[];
}

export type Replies = Readonly<Record<number, ReplySpec<unknown>>>;

/** One of the answers that an endpoint may give. */
export type Reply<R extends Replies> = {
  [K in keyof R & number]: R[K] extends ReplySpec<infer T>
    ? [T] extends [undefined]
      ? { readonly status: K; readonly headers?: ReplyHeaders; readonly body?: undefined }
      : {
          readonly status: K;
          readonly headers?: ReplyHeaders;
          readonly body: T;
          readonly lengthBytes?: number;
        }
    : never;
}[keyof R & number];

type ReplyHeaders = Readonly<Record<string, string>>;

/** What goes along with a call through all services that it touches. */
export interface CallContext {
  readonly requestId: string;
  readonly log: Logger;
  /** Aborts when the caller went away. */
  readonly signal: AbortSignal;
}

/** What a handler gets: everything checked and typed. */
export interface Input<A extends Auth, P extends z.ZodType, Q extends z.ZodType, B> {
  readonly params: z.output<P>;
  readonly query: z.output<Q>;
  readonly body: B;
  readonly identity: IdentityOf<A>;
  readonly context: CallContext;
  readonly headers: ReadonlyMap<string, string>;
  /** The API version that the client speaks; undefined where the path has none. */
  readonly version: number | undefined;
  /** The client's address, as the edge saw it. */
  readonly address: string;
}

/** What a handler gets as the body of an endpoint. */
export type BodyOf<S> = S extends { readonly body?: BodySpec<infer B> } ? B : never;

export type IdentityOf<A extends Auth> = A extends 'user' ? Identity : undefined;

/** Fixes the types of an endpoint's description. */
export function endpoint<
  A extends Auth,
  R extends Replies,
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
  B = undefined,
>(spec: EndpointSpec<A, P, Q, B, R>): EndpointSpec<A, P, Q, B, R> {
  return spec;
}

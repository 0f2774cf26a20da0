import { z } from 'zod';
import { ApiError } from './api-error.js';
import { badRequest, clientError, unauthorized } from './common-errors.js';
import type {
  Auth,
  CallContext,
  EndpointSpec,
  Identity,
  IdentityOf,
  Input,
  Replies,
  Reply,
} from './endpoint.js';
import type { BodySpec } from './payload.js';
import type { Request } from './uws-head.js';

/** A request as the router hands it to a route. */
export interface RoutedRequest {
  readonly request: Request;
  /** Decoded path parameters by name. */
  readonly params: Readonly<Record<string, string>>;
  readonly version: number | undefined;
  readonly context: CallContext;
}

/** An answer before it is encoded. */
export interface RawReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly lengthBytes?: number;
}

/** An endpoint with the code behind it. */
export interface Route {
  readonly spec: EndpointSpec;
  run(routed: RoutedRequest): Promise<RawReply>;
}

/**
 * Puts the code behind an endpoint: the handler is called with what the request holds, checked by the endpoint's
 * schemas.
 */
export function route<
  A extends Auth,
  R extends Replies,
  P extends z.ZodType,
  Q extends z.ZodType,
  B,
>(
  spec: EndpointSpec<A, P, Q, B, R>,
  handler: (input: Input<A, P, Q, B>) => Promise<Reply<NoInfer<R>>> | Reply<NoInfer<R>>,
): Route {
  return {
    spec,
    async run({ request, params, version, context }) {
      const identity = identityOf(spec.auth, request);
      const input = {
        identity,
        params: parseParams(spec.params, params),
        query: parseQuery(spec.query, request.query),
        body: await readBodyOf(spec.body, request),
        context,
        headers: request.headers,
        version,
        address: addressOf(request),
      };
      return handler(input);
    },
  };
}

const identityHeaders = z.object({
  user: z.uuid(),
  client: z
    .string()
    .regex(/^[0-9a-f]{1,16}$/)
    .optional(),
  connection: z.string().max(64),
});

function identityOf<A extends Auth>(auth: A, request: Request): IdentityOf<A>;
function identityOf(auth: Auth, { headers }: Request): Identity | undefined {
  if (auth !== 'user') return undefined;
  const parsed = identityHeaders.safeParse({
    user: headers.get('z-user'),
    client: headers.get('z-client'),
    connection: headers.get('z-connection') ?? '',
  });
  if (!parsed.success) throw new ApiError(unauthorized, { cause: parsed.error });
  return { ...parsed.data, client: parsed.data.client };
}

function parseParams<P extends z.ZodType>(schema: P | undefined, given: unknown): z.output<P>;
function parseParams(schema: z.ZodType | undefined, given: unknown): unknown {
  const parsed = schema?.safeParse(given);
  if (parsed === undefined || parsed.success) return parsed?.data;
  const [issue] = parsed.error.issues;
  const name = issue?.path.join('.') ?? '';
  const message = `[path] '${name}' invalid: Failed reading: ${issue?.message ?? 'not valid'}`;
  throw new ApiError(clientError, { message, cause: parsed.error });
}

function parseQuery<Q extends z.ZodType>(schema: Q | undefined, query: string): z.output<Q>;
function parseQuery(schema: z.ZodType | undefined, query: string): unknown {
  const parsed = schema?.safeParse(Object.fromEntries(new URLSearchParams(query)));
  if (parsed === undefined || parsed.success) return parsed?.data;
  const [issue] = parsed.error.issues;
  const message = `[query] '${issue?.path.join('.') ?? ''}' invalid: ${issue?.message ?? 'not valid'}`;
  throw new ApiError(badRequest, { message, cause: parsed.error });
}

function readBodyOf<B>(spec: BodySpec<B> | undefined, request: Request): Promise<B>;
function readBodyOf(spec: BodySpec<unknown> | undefined, request: Request): Promise<unknown> {
  return spec === undefined ? Promise.resolve(undefined) : spec.read(request);
}

/** The first address that the edge names, else the other end of the connection. */
function addressOf({ headers, peer }: Request): string {
  return headers.get('x-forwarded-for')?.split(',')[0]?.trim() ?? peer;
}

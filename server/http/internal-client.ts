import { Agent, request as send } from 'undici';
import type { z } from 'zod';
import { Unavailable } from './api-error.js';
import type { CallContext, EndpointSpec, Replies, Reply } from './endpoint.js';
import type { ReplySpec } from './payload.js';

/** A call's way through the backend: what an internal call needs of the request that causes it. */
export type CallCause = Pick<CallContext, 'requestId'>;

export interface CallInput<P, Q, B> {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
}

export interface InternalClient {
  /**
   * Calls an internal endpoint of another service; both sides share its description.
   *
   * @throws {Unavailable} where the service is away, too slow, or answers what it does not describe.
   */
  call<P extends z.ZodType, Q extends z.ZodType, B, R extends Replies>(
    spec: EndpointSpec<'internal', P, Q, B, R>,
    input: CallInput<Readonly<Record<string, string>>, Readonly<Record<string, string>>, B>,
    cause: CallCause,
  ): Promise<Reply<R>>;
  close(): Promise<void>;
}

export interface InternalClientOptions {
  /** The service's name, for errors. */
  readonly service: string;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly timeoutMs?: number;
}

/** A client for the internal endpoints of one service, or of one replica of it. */
export function internalClient(options: InternalClientOptions): InternalClient {
  const { service, baseUrl, timeoutMs = 5_000 } = options;
  const agent = new Agent({
    connections: 64,
    connectTimeout: Math.min(timeoutMs, 2_000),
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    // Shorter than any server's, so that no request goes out on a connection that is being closed.
    keepAliveTimeout: 4_000,
  });
  return {
    async call(spec, input, { requestId }) {
      const path = fillPath(spec.path, input.params ?? {});
      const search = new URLSearchParams({ ...input.query }).toString();
      const body = input.body === undefined ? null : JSON.stringify(input.body);
      try {
        const answer = await send(`${baseUrl}${path}${search === '' ? '' : `?${search}`}`, {
          method: spec.method === 'head' ? 'HEAD' : upperCase(spec.method),
          dispatcher: agent,
          headers: {
            'request-id': requestId,
            ...(body !== null && { 'content-type': 'application/json' }),
          },
          body,
        });
        return decodeReply(spec.replies, {
          status: answer.statusCode,
          text: await answer.body.text(),
        });
      } catch (error) {
        throw new Unavailable(service, error);
      }
    },
    close: () => agent.close(),
  };
}

const upperMethods = { get: 'GET', post: 'POST', put: 'PUT', delete: 'DELETE' } as const;

function upperCase(method: keyof typeof upperMethods): 'GET' | 'POST' | 'PUT' | 'DELETE' {
  return upperMethods[method];
}

function fillPath(pattern: string, params: Readonly<Record<string, string>>): string {
  return pattern.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function decodeReply<R extends Replies>(replies: R, answer: Answer): Reply<R>;
function decodeReply(replies: Readonly<Record<number, ReplySpec<unknown>>>, answer: Answer) {
  const described = replies[answer.status];
  if (described === undefined)
    throw new Error(`answered ${String(answer.status)}: ${answer.text.slice(0, 200)}`);
  if (described.schema === undefined) return { status: answer.status, body: undefined };
  return { status: answer.status, body: described.schema.parse(JSON.parse(answer.text)) };
}

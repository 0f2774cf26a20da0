import { z } from 'zod';
import type { ApiError } from './api-error.js';
import type { EndpointSpec } from './endpoint.js';
import type { ReplySpec } from './payload.js';
import type { RawReply } from './route.js';
import type { Response } from './uws-head.js';

export interface Encoding {
  readonly spec: EndpointSpec;
  readonly reply: RawReply;
  /** Refuse what the schema does not describe. */
  readonly check: boolean;
}

/**
 * The bytes of an answer.
 *
 * @throws {TypeError} where the answer is none that the endpoint describes: that is a mistake of its handler.
 */
export function encodeReply({ spec, reply, check }: Encoding): Response {
  const described = spec.replies[reply.status];
  const name = `${spec.method} ${spec.path} ${String(reply.status)}`;
  if (described === undefined) throw new TypeError(`${name} is not described`);
  if (check && described.schema !== undefined) checkAnswer(described.schema, { reply, name });
  const headers = {
    ...(described.contentType !== undefined && { 'content-type': described.contentType }),
    ...reply.headers,
  };
  const length = reply.lengthBytes === undefined ? {} : { lengthBytes: reply.lengthBytes };
  const body = encodeBody(described, reply.body, name);
  return body === undefined
    ? { status: reply.status, headers }
    : { status: reply.status, headers, body, ...length };
}

/** The error's JSON; members of `data` stand beside code, label and message. Source: backend-api 1. */
export function encodeError({ spec, message, data, headers }: ApiError): Response {
  return {
    status: spec.status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ code: spec.status, label: spec.label, message, ...data }),
  };
}

function checkAnswer(
  schema: z.ZodType,
  { reply, name }: { readonly reply: RawReply; readonly name: string },
): void {
  const parsed = schema.safeParse(JSON.parse(JSON.stringify(reply.body ?? null)));
  if (!parsed.success) throw new TypeError(`${name}: ${z.prettifyError(parsed.error)}`);
}

function encodeBody(
  described: ReplySpec<unknown>,
  body: unknown,
  name: string,
): Response['body'] | undefined {
  if (described.schema !== undefined) return JSON.stringify(body);
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return body;
  if (isStream(body)) return body;
  throw new TypeError(`${name}: expected bytes, text or a stream`);
}

function isStream(value: unknown): value is AsyncIterable<Uint8Array> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

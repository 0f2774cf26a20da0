import type { z } from 'zod';
import { ApiError } from './api-error.js';
import { badRequest, unsupportedMediaType } from './common-errors.js';
import { readBody } from './read-body.js';
import type { Request } from './uws-head.js';

/** Default cap on bodies, as the edge has it. Source: backend-api 1. */
export const defaultBodyBytes = 512 * 1024;

/** How an endpoint takes a body. */
export interface BodySpec<T> {
  readonly contentType: string | undefined;
  readonly limitBytes: number;
  readonly optional: boolean;
  /** Of JSON bodies. */
  readonly schema?: z.ZodType;
  read(request: Request): Promise<T>;
}

/** What an endpoint answers with under one status. `T` is what its handler gives. */
export interface ReplySpec<T> {
  readonly contentType: string | undefined;
  readonly description: string;
  /** Of JSON answers. */
  readonly schema?: z.ZodType;
  /** Carries the type only. */
  readonly gives?: T;
}

/** Without a body; what comes all the same is ignored. */
export const noBody: BodySpec<undefined> = {
  contentType: undefined,
  limitBytes: 0,
  optional: true,
  read: () => Promise.resolve(undefined),
};

/** A JSON body. */
export function jsonBody<S extends z.ZodType>(
  schema: S,
  limitBytes = defaultBodyBytes,
): BodySpec<z.output<S>> {
  return {
    contentType: 'application/json',
    limitBytes,
    optional: false,
    schema,
    read: async (request) => parseJson(schema, await readJson(request, limitBytes)),
  };
}

/** A JSON body that may be left out, which then counts as `{}`. */
export function optionalJsonBody<S extends z.ZodType>(schema: S): BodySpec<z.output<S>> {
  return {
    contentType: 'application/json',
    limitBytes: defaultBodyBytes,
    optional: true,
    schema,
    read: async (request) => parseJson(schema, (await readJson(request, defaultBodyBytes)) ?? {}),
  };
}

/** A body of bytes in one piece, of one media type. */
export function bytesBody(contentType: string, limitBytes: number): BodySpec<Buffer> {
  return {
    contentType,
    limitBytes,
    optional: false,
    read(request) {
      requireType(request, contentType);
      return readBody(request, limitBytes);
    },
  };
}

/** A body that the handler reads as it comes; the handler keeps the limits. */
export function streamBody(contentType: string): BodySpec<AsyncIterable<Buffer>> {
  return {
    contentType,
    limitBytes: Number.POSITIVE_INFINITY,
    optional: false,
    read(request) {
      requireType(request, contentType);
      return Promise.resolve(request.body);
    },
  };
}

/** A JSON answer. */
export function json<S extends z.ZodType>(schema: S, description = 'OK'): ReplySpec<z.input<S>> {
  return { contentType: 'application/json', description, schema };
}

/** An answer without a body. */
export function empty(description = 'OK'): ReplySpec<undefined> {
  return { contentType: undefined, description };
}

/** An answer in bytes or text of one media type. */
export function raw(
  contentType: string,
  description = 'OK',
): ReplySpec<string | Uint8Array | AsyncIterable<Uint8Array>> {
  return { contentType, description };
}

async function readJson(request: Request, limitBytes: number): Promise<unknown> {
  const bytes = await readBody(request, limitBytes);
  if (bytes.length === 0) return undefined;
  requireType(request, 'application/json');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new ApiError(badRequest, { message: 'The body is not valid JSON', cause: error });
  }
}

function parseJson<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = issue?.path.join('.') ?? '';
  const message = `Error in $${at === '' ? '' : `.${at}`}: ${issue?.message ?? 'not valid'}`;
  throw new ApiError(badRequest, { message, cause: parsed.error });
}

function requireType({ headers }: Request, contentType: string): void {
  const given = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (given !== undefined && given !== contentType) throw new ApiError(unsupportedMediaType);
}

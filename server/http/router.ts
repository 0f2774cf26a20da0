import { randomUUID } from 'node:crypto';
import type { Logger } from '../log/logger.js';
import { ApiError, Unavailable } from './api-error.js';
import { BodyAborted } from './body-stream.js';
import {
  internalError,
  methodNotAllowed,
  noEndpoint,
  unavailable,
  unsupportedVersion,
} from './common-errors.js';
import { encodeError, encodeReply } from './encode.js';
import type { HttpMetrics } from './metrics.js';
import type { Route } from './route.js';
import { RouteTable, type FoundRoute } from './route-table.js';
import type { Request, Response } from './uws-head.js';
import { isSupportedVersion, splitVersion, type VersionedPath } from './versions.js';

export interface RouterOptions {
  readonly routes: readonly Route[];
  readonly log: Logger;
  readonly metrics: HttpMetrics;
  /** Compares answers with their schemas; a difference becomes a 500. For tests. */
  readonly checkResponses: boolean;
}

/** Answers requests with the route that their path names, and every failure with an error that clients know. */
export function makeRouter(options: RouterOptions): (request: Request) => Promise<Response> {
  const table = new RouteTable(options.routes);
  return async (request) => {
    const requestId = requestIdOf(request);
    const log = options.log.child({ requestId });
    const startedAtMs = performance.now();
    const visit: Visit = { options, table, request, requestId, log, path: 'unknown' };
    const response = await answer(visit);
    const tookMs = performance.now() - startedAtMs;
    const { method } = request;
    options.metrics.observe({ method, path: visit.path, status: response.status, tookMs });
    log.debug({ method, path: visit.path, status: response.status, tookMs }, 'answered');
    return { ...response, headers: { ...response.headers, 'request-id': requestId } };
  };
}

interface Visit {
  readonly options: RouterOptions;
  readonly table: RouteTable;
  readonly request: Request;
  readonly requestId: string;
  readonly log: Logger;
  /** The pattern of the path that was found, for metrics and logs. */
  path: string;
}

async function answer(visit: Visit): Promise<Response> {
  const { options, request, requestId, log } = visit;
  try {
    const versioned = splitVersion(request.path);
    const { route, params } = find(visit, versioned);
    visit.path = route.spec.path;
    const context = { requestId, log, signal: request.signal };
    const reply = await route.run({ request, params, version: versioned.version, context });
    return encodeReply({ spec: route.spec, reply, check: options.checkResponses });
  } catch (error) {
    return encodeError(toApiError(error, log));
  }
}

/** Ids that came from the edge are kept, so that one id follows a request through all services. */
function requestIdOf({ headers }: Request): string {
  const given = headers.get('request-id');
  return given !== undefined && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
}

function find({ table, request }: Visit, { path, version }: VersionedPath): FoundRoute {
  const found = table.find(path, request.method);
  const isInternal = path.startsWith('/i/');
  if (version !== undefined && (isInternal || !isSupportedVersion(version)))
    throw versionError(version);
  if (found === undefined) throw new ApiError(noEndpoint);
  if (found === 'method') throw new ApiError(methodNotAllowed);
  const { unversioned, since } = found.route.spec;
  if (isInternal || (version === undefined && unversioned === true)) return found;
  // A path without a version is the API's first one, which is not served.
  if (version === undefined) throw versionError(0);
  if (since !== undefined && version < since) throw new ApiError(noEndpoint);
  return found;
}

function versionError(version: number): ApiError {
  return new ApiError(unsupportedVersion, {
    message: `Version v${String(version)} is not supported`,
  });
}

function toApiError(error: unknown, log: Logger): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof Unavailable) {
    log.warn({ err: error, away: error.what }, 'answered 503');
    return new ApiError(unavailable, { cause: error, headers: { 'retry-after': '5' } });
  }
  // Nobody is there to read the answer.
  if (error instanceof BodyAborted) return new ApiError(internalError, { cause: error });
  log.error({ err: error }, 'answered 500');
  return new ApiError(internalError, { cause: error });
}

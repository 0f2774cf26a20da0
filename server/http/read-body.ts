import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { errorCode } from '../error-code.js';
import { ApiError } from './api-error.js';
import { badRequest, bodyTooLarge, slowBody, unsupportedMediaType } from './common-errors.js';
import type { Request } from './uws-head.js';

/** How long a body that is read whole may take to arrive. */
const bodyTimeoutMs = 60_000;

/**
 * A request's body in one piece, unpacked where it is gzip'ed. The limit holds for the bytes that come and for
 * those they unpack to, before anything is parsed.
 *
 * @throws {ApiError} 413, 415, 408 or 400 for broken gzip.
 */
export async function readBody(request: Request, limitBytes: number): Promise<Buffer> {
  const encoding = request.headers.get('content-encoding')?.toLowerCase() ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') throw new ApiError(unsupportedMediaType);
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes)
    throw new ApiError(bodyTooLarge);
  const bytes = await collect(request, limitBytes);
  if (encoding === 'identity' || bytes.length === 0) return bytes;
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: limitBytes });
  } catch (error) {
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE')
      throw new ApiError(bodyTooLarge, { cause: error });
    throw new ApiError(badRequest, { message: 'The body is not valid gzip', cause: error });
  }
}

async function collect({ body }: Request, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  const timeout = new AbortController();
  const timer = setTimeout(() => {
    timeout.abort();
    body.abort();
  }, bodyTimeoutMs);
  try {
    for await (const chunk of body) {
      sizeBytes += chunk.length;
      if (sizeBytes > limitBytes) throw new ApiError(bodyTooLarge);
      chunks.push(chunk);
    }
  } catch (error) {
    throw timeout.signal.aborted ? new ApiError(slowBody, { cause: error }) : error;
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks, sizeBytes);
}

import { types } from 'node:util';
import { WireOfflineError, hasSystemCode, type ErrorCode } from '../../errors.js';

/** The status codes that a later try may change. */
export function isOverload(status: number): boolean {
  return status === 429 || status >= 500;
}

/** A server that has too much to do, and when it said to come again. */
export class Overload extends WireOfflineError {
  readonly waitMs: number;

  constructor(message: string, retryAfter: string | undefined) {
    super('SOURCE_OVERLOADED', {
      message,
      hint: 'run the command again later, or with a smaller --concurrency; what was downloaded is kept',
    });
    this.waitMs = retryAfter === undefined ? 0 : waitOf(retryAfter);
  }
}

/** Retry-After: seconds or a date. Source: RFC 9110, 10.2.3. */
function waitOf(retryAfter: string): number {
  if (/^[0-9]{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const atMs = Date.parse(retryAfter);
  return Number.isNaN(atMs) ? 0 : Math.max(0, atMs - Date.now());
}

/** What a status other than success means to the user; `what` names the thing that was asked for. */
export function refusal(
  what: string,
  {
    status,
    headers,
  }: { readonly status: number; readonly headers: Readonly<Record<string, string>> },
): WireOfflineError {
  const message = `${what}: expected to be given it, got HTTP status ${String(status)}`;
  if (status === 404 || status === 410)
    return new WireOfflineError('SOURCE_GONE', {
      message,
      hint: 'check the address, or name a mirror that keeps it',
    });
  if (isOverload(status)) return new Overload(message, headers['retry-after']);
  return new WireOfflineError('SOURCE_REFUSED', {
    message,
    hint: 'check the credentials for that server, and whether they allow reading this',
  });
}

/** What one of several places said. */
export interface PlaceFailure {
  readonly place: string;
  readonly error: WireOfflineError;
}

/**
 * What it comes to where no place gave the thing. Wrong bytes matter more than a place that did not answer, and that
 * more than one that has it no longer: gone is only what every place says is gone.
 */
export function failureOfAll(what: string, failures: readonly PlaceFailure[]): WireOfflineError {
  const by = (is: (code: ErrorCode) => boolean) =>
    failures.find(({ error }) => is(error.code))?.error;
  const worst =
    by((code) => code === 'SOURCE_MISMATCH') ??
    by((code) => code !== 'SOURCE_GONE') ??
    failures.at(-1)?.error;
  if (worst === undefined) throw new TypeError(`${what} was asked for nowhere`);
  if (failures.length === 1) return worst;
  return new WireOfflineError(worst.code, {
    message: `${what}: expected it from one of ${String(failures.length)} places, got it from none`,
    problems: failures.map(({ place, error }) => ({
      where: place,
      expected: 'to be given it',
      got: `${error.code}: ${error.message}`,
    })),
    ...(worst.hint === undefined ? {} : { hint: worst.hint }),
    cause: worst,
  });
}

/** Whether trying the same again may help: the network failed, and not what was said over it. */
export function isPassing(thrown: unknown): boolean {
  return (
    thrown instanceof WireOfflineError &&
    ['SOURCE_UNREACHABLE', 'SOURCE_TRUNCATED', 'SOURCE_OVERLOADED'].includes(thrown.code)
  );
}

/** A failure below HTTP in the words of the user; anything that is none of the network's comes back as it is. */
export function networkFailure(url: string, thrown: unknown): unknown {
  if (thrown instanceof WireOfflineError || !types.isNativeError(thrown)) return thrown;
  const [code, hint] = meaningOf(thrown);
  if (code === undefined) return thrown;
  return new WireOfflineError(code, {
    message: `${url}: expected an answer, got ${textOf(thrown)}`,
    ...(hint === undefined ? {} : { hint }),
    cause: thrown,
  });
}

function meaningOf(thrown: Error): readonly [ErrorCode | undefined, string?] {
  if (isTlsFailure(thrown))
    return [
      'SOURCE_TLS',
      'where the server has a certificate of a private CA, name the CA in NODE_EXTRA_CA_CERTS',
    ];
  if (isProtocolFailure(thrown)) return ['SOURCE_INVALID'];
  if (hasSystemCode(thrown, ...networkCodes) || innerErrors(thrown).some(isNetworkError))
    return ['SOURCE_UNREACHABLE', 'check the network, the proxy variables and the mirrors'];
  return [undefined];
}

const networkCodes = [
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH'],
  ...[
    'ENETUNREACH',
    'ENETDOWN',
    'EHOSTDOWN',
    'EADDRNOTAVAIL',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EAI_FAIL',
  ],
  ...['UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT'],
  ...['UND_ERR_BODY_TIMEOUT', 'UND_ERR_PRX_TLS', 'UND_ERR_ABORTED'],
] as const;

/** An answer that is no HTTP, in the codes of undici and of its parser. */
function isProtocolFailure(thrown: unknown): boolean {
  return (
    hasSystemCode(thrown, 'UND_ERR_HEADERS_OVERFLOW') ||
    (types.isNativeError(thrown) &&
      'code' in thrown &&
      typeof thrown.code === 'string' &&
      thrown.code.startsWith('HPE_'))
  );
}

function isNetworkError(thrown: unknown): boolean {
  return hasSystemCode(thrown, ...networkCodes);
}

/** The codes that Node and OpenSSL give a certificate or a handshake that will not do. */
function isTlsFailure(thrown: unknown): boolean {
  if (!types.isNativeError(thrown)) return false;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  return /^(ERR_SSL_|ERR_TLS_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED|CRL_|EPROTO)/.test(
    code,
  );
}

/** What several addresses of one name answered. */
function innerErrors(thrown: Error): readonly unknown[] {
  return 'errors' in thrown && Array.isArray(thrown.errors) ? thrown.errors : [];
}

function textOf(thrown: Error): string {
  const code = 'code' in thrown && typeof thrown.code === 'string' ? ` (${thrown.code})` : '';
  return `${thrown.message || thrown.name}${code}`;
}

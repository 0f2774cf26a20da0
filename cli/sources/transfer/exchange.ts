import type { Dispatcher } from 'undici';
import { WireOfflineError } from '../../errors.js';
import { networkFailure } from './failures.js';

/** One question to a server. */
export interface Question {
  readonly url: string;
  readonly method: 'GET' | 'HEAD';
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** The answer after redirects; its body is read at once and to the end, or destroyed. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Dispatcher.ResponseData['body'];
  readonly url: string;
}

const maxRedirects = 5;
const redirectStatuses: readonly number[] = [301, 302, 303, 307, 308];

/**
 * A body larger than this would make undici pause its parser: one whose server then closes the connection ends the
 * process by an assertion (nodejs/undici#5360). So no body is ever paused, and whoever reads one keeps pace with the
 * socket: it handles each piece in the turn that brings it, and waits for nothing in between.
 */
const neverPaused = Number.MAX_SAFE_INTEGER;

/** What no other server may be told; Range and Accept may go along. */
const secretHeaders: readonly string[] = ['authorization', 'cookie', 'proxy-authorization'];

/**
 * Asks a server and follows it at most five times, never from https to http, and with credentials only as long as
 * it stays on one origin.
 *
 * @throws {WireOfflineError} SOURCE_REDIRECTS, SOURCE_UNREACHABLE, SOURCE_TLS, SOURCE_INVALID; the signal's reason.
 */
export async function exchange(dispatcher: Dispatcher, question: Question): Promise<Answer> {
  let { url, headers } = question;
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const answer = await ask(dispatcher, { ...question, url, headers });
    const location = answer.headers['location'];
    if (!redirectStatuses.includes(answer.status) || location === undefined) return answer;
    await answer.body.dump();
    const next = nextUrl(url, location);
    if (next.origin !== new URL(url).origin) headers = withoutSecrets(headers);
    url = next.href;
  }
  throw redirectError(question.url, `more than ${String(maxRedirects)} of them`);
}

/** Ends an answer of which no more is wanted. */
export function hangUp({ body }: Answer): void {
  // A body that is destroyed before its end reports just that as an error, to nobody's surprise.
  body.on('error', () => undefined).destroy();
}

async function ask(dispatcher: Dispatcher, question: Question): Promise<Answer> {
  const { origin, pathname, search } = new URL(question.url);
  try {
    const { statusCode, headers, body } = await dispatcher.request({
      origin,
      path: `${pathname}${search}`,
      method: question.method,
      headers: { 'user-agent': 'wire-offline', ...question.headers },
      signal: question.signal,
      highWaterMark: neverPaused,
    });
    // Whoever reads a body is told by the reading; one that is put away unread tells nobody, and must not end the process.
    body.on('error', () => undefined);
    return { status: statusCode, headers: plainHeaders(headers), body, url: question.url };
  } catch (error) {
    question.signal.throwIfAborted();
    throw networkFailure(question.url, error);
  }
}

function nextUrl(from: string, location: string): URL {
  const next = URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (next === undefined || !['http:', 'https:'].includes(next.protocol))
    throw redirectError(from, `one to ${location.slice(0, 200)}`);
  if (new URL(from).protocol === 'https:' && next.protocol === 'http:')
    throw redirectError(from, `one from https to ${next.origin}`);
  // What a server writes there is its own; no name or password of this user.
  next.username = '';
  next.password = '';
  return next;
}

function redirectError(url: string, got: string): WireOfflineError {
  return new WireOfflineError('SOURCE_REDIRECTS', {
    message: `${url}: expected at most ${String(maxRedirects)} redirects and none that weakens the connection, got ${got}`,
    hint: 'name the final address instead, where you trust it',
  });
}

function withoutSecrets(headers: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !secretHeaders.includes(name.toLowerCase())),
  );
}

function plainHeaders(headers: Readonly<Record<string, string | string[] | undefined>>) {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

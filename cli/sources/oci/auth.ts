import { z } from 'zod';
import { WireOfflineError } from '../../errors.js';
import { credentialsFor, type Credentials } from './docker-config.js';
import { refusal } from '../transfer/failures.js';
import { invalid } from './manifest.js';
import type { SourceTools } from '../source.js';
import type { Document } from '../transfer/transfers.js';

/** A server's answer to somebody it does not know. Source: RFC 9110, 11.6.1. */
interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

type Headers = Readonly<Record<string, string>>;

const tokenSchema = z.object({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().positive().optional(),
});

/** Source: Docker token authentication specification, "Token Response Fields": the life of a token that says nothing. */
const usualLifeSec = 60;
/** A token that ends so soon is asked for anew: a download that starts now must be let in. */
const marginSec = 10;
const maxTokenBytes = 256 * 1024;

/** How one repository of one registry lets this user read. */
export class RegistryAuth {
  readonly #base: URL;
  readonly #repository: string;
  readonly #tools: SourceTools;
  #challenge: Promise<Challenge | undefined> | undefined;
  #credentials: Promise<Credentials | undefined> | undefined;
  #token: { readonly headers: Promise<Headers>; endsAtMs: number } | undefined;

  constructor(base: URL, repository: string, tools: SourceTools) {
    this.#base = base;
    this.#repository = repository;
    this.#tools = tools;
  }

  /**
   * The headers that a request needs now: none where the registry asks nobody.
   *
   * @throws {WireOfflineError} SOURCE_REFUSED, SOURCE_INVALID, and what docker's configuration and the network give.
   */
  async headers(): Promise<Headers> {
    const challenge = await (this.#challenge ??= this.#ask());
    if (challenge === undefined) return {};
    const credentials = await (this.#credentials ??= credentialsFor(this.#base.host, this.#tools));
    if (credentials !== undefined) this.#refuseInTheClear(this.#base);
    if (credentials !== undefined && 'registryToken' in credentials)
      return { authorization: `Bearer ${credentials.registryToken.reveal()}` };
    if (challenge.scheme === 'basic') return basic(this.#needed(credentials));
    if (challenge.scheme !== 'bearer')
      throw invalid(this.#base.href, 'Basic or Bearer authentication', challenge.scheme);
    if (this.#token === undefined || this.#token.endsAtMs <= Date.now())
      this.#token = this.#newToken(challenge, credentials);
    return this.#token.headers;
  }

  /** Source: OCI distribution specification 1.1, "Determining Support": `/v2/` answers 200 or a challenge. */
  async #ask(): Promise<Challenge | undefined> {
    const url = new URL('/v2/', this.#base).href;
    const answer = await this.#tools.transfers.fetchDocument({ url, maxBytes: maxTokenBytes });
    if (answer.status !== 401) return undefined;
    // Only this registry's own word counts: what it redirects to is not shown this user's credentials.
    if (new URL(answer.url).origin !== this.#base.origin) throw refusal(url, answer);
    const challenge = parseChallenge(answer.headers['www-authenticate'] ?? '');
    if (challenge === undefined) throw refusal(url, answer);
    return challenge;
  }

  #newToken(challenge: Challenge, credentials: Credentials | undefined) {
    const token = { endsAtMs: Infinity, headers: Promise.resolve<Headers>({}) };
    token.headers = this.#askToken(challenge, credentials).then(
      ({ value, lifeSec }) => {
        token.endsAtMs = Date.now() + Math.max(1, lifeSec - marginSec) * 1000;
        return { authorization: `Bearer ${value}` };
      },
      (error: unknown) => {
        token.endsAtMs = 0;
        throw error;
      },
    );
    return token;
  }

  /** Source: Docker token authentication specification, "Requesting a Token". */
  async #askToken(
    { parameters }: Challenge,
    credentials: Credentials | undefined,
  ): Promise<{ value: string; lifeSec: number }> {
    const url = realmOf(parameters['realm'], this.#base);
    if (parameters['service'] !== undefined) url.searchParams.set('service', parameters['service']);
    url.searchParams.set('scope', `repository:${this.#repository}:pull`);
    const known = credentials !== undefined && 'username' in credentials;
    if (known) this.#refuseInTheClear(url);
    const answer = await this.#tools.transfers.fetchDocument({
      url: url.href,
      headers: known ? basic(credentials) : {},
      maxBytes: maxTokenBytes,
    });
    if (answer.status !== 200)
      throw refusal(`a token of ${url.host} for ${this.#repository}`, answer);
    return readToken(answer);
  }

  #needed(credentials: Credentials | undefined) {
    if (credentials !== undefined && 'username' in credentials) return credentials;
    throw new WireOfflineError('SOURCE_REFUSED', {
      message: `${this.#base.host}: expected a name and password for it in docker's configuration, got none`,
      hint: `docker login ${this.#base.host}, skopeo login --authfile ~/.docker/config.json ${this.#base.host}, or set DOCKER_CONFIG`,
    });
  }

  /** A password goes over TLS, or stays on this machine. */
  #refuseInTheClear({ protocol, host, hostname }: URL): void {
    if (protocol === 'https:' || isLoopback(hostname)) return;
    throw new WireOfflineError('SOURCE_REFUSED', {
      message: `${host}: expected https before a password is sent, got http`,
      hint: 'name the mirror with https, or remove its credentials from docker’s configuration',
    });
  }
}

/** `Bearer realm="...",service="..."`: one scheme and its parameters; the first that is understood counts. */
export function parseChallenge(header: string): Challenge | undefined {
  const start = /(?:^|,\s*)(bearer|basic)\s+/i.exec(header);
  if (start === null) return undefined;
  const parameters: Record<string, string> = {};
  const words = /\s*([A-Za-z_-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*(?:,|$)/y;
  words.lastIndex = start.index + start[0].length;
  for (let word = words.exec(header); word !== null; word = words.exec(header)) {
    const [, name = '', quoted, plain = ''] = word;
    parameters[name.toLowerCase()] = quoted?.replace(/\\(.)/g, '$1') ?? plain;
  }
  return { scheme: (start[1] ?? '').toLowerCase(), parameters };
}

/** Where tokens are given: over https wherever the registry itself is. */
function realmOf(realm: string | undefined, base: URL): URL {
  const url = realm !== undefined && URL.canParse(realm) ? new URL(realm) : undefined;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && base.protocol === 'http:'))
    return url;
  throw invalid(base.href, 'the https address of a token server', realm ?? 'none');
}

function readToken({ bytes, url }: Document): { value: string; lifeSec: number } {
  let said: unknown;
  try {
    said = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    // What the parser says quotes the text, and the text may hold a token.
    throw invalid(new URL(url).origin, 'a token in JSON', 'something else');
  }
  const parsed = tokenSchema.safeParse(said);
  const value = parsed.data?.token ?? parsed.data?.access_token;
  if (value === undefined || !/^[\x21-\x7e]+$/.test(value))
    throw invalid(new URL(url).origin, 'a token', 'none');
  return { value, lifeSec: parsed.data?.expires_in ?? usualLifeSec };
}

function basic({ username, password }: Extract<Credentials, { username: string }>): Headers {
  const plain = `${username}:${password.reveal()}`;
  return { authorization: `Basic ${Buffer.from(plain).toString('base64')}` };
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname === '[::1]' || /^127(\.[0-9]{1,3}){3}$/.test(hostname)
  );
}

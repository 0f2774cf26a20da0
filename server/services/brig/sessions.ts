import { randomBytes } from 'node:crypto';
import { nowSeconds, type Clock } from '../../clock.js';
import { ApiError } from '../../http/api-error.js';
import type { Token } from '../../zauth/token.js';
import type { TokenSigner, TokenVerifier } from '../../zauth/keys.js';
import type { BrigConfig } from './brig-config.js';
import type { Cookie, Cookies, CookieType } from './cookies.js';
import { invalidCredentials, loginsTooFrequent } from './errors.js';

/** What a client needs to make calls. */
export interface Access {
  readonly user: string;
  readonly access_token: string;
  readonly token_type: 'Bearer';
  /** Seconds. */
  readonly expires_in: number;
}

export interface Session {
  readonly access: Access;
  /** For `Set-Cookie`; undefined where the client keeps the one it has. */
  readonly cookie: string | undefined;
}

export interface SessionTools {
  readonly cookies: Cookies;
  readonly signer: TokenSigner;
  readonly verifier: TokenVerifier;
  readonly clock: Clock;
  readonly config: BrigConfig;
  /** Whether a user has a client. */
  readonly hasClient: (user: string, client: string) => Promise<boolean>;
}

/** What a client shows for a new access token. */
export interface Proof {
  /** The text of the cookie `zuid`. */
  readonly cookie: string | undefined;
  /** An access token, which may be expired. */
  readonly bearer: string | undefined;
}

/** Source: backend-api 2.4: cookies of a user and type, and how close their creation may be when there are as many. */
const maxCookies = 32;
const minDeviationSeconds = 3_000;
const retryAfterSeconds = 86_400;

/** Starts, renews and ends the sessions of users. */
export class Sessions {
  readonly #tools: SessionTools;

  constructor(tools: SessionTools) {
    this.#tools = tools;
  }

  /** A new session. One with the same label ends. @throws {ApiError} 429 where too many were started in a short time. */
  async start(user: string, type: CookieType, label?: string): Promise<Session> {
    await this.#makeRoom(user, type);
    if (label !== undefined)
      await this.#tools.cookies.removeWhere(user, (cookie) => cookie.label === label);
    const cookie = await this.#newCookie({ user, type, label });
    return { access: this.#access(user, undefined), cookie: cookie.header };
  }

  /** A new access token for whoever has a good cookie. @throws {ApiError} 403, never 401. Source: backend-api 0.2, 2.4. */
  async renew(proof: Proof, client: string | undefined): Promise<Session> {
    const missing = proof.bearer === undefined ? 'Missing cookie and token' : 'Missing cookie';
    const { token, cookie } = await this.#believe(proof.cookie, missing);
    const bearer = this.#bearerOf(proof.bearer, token.user);
    if (client !== undefined) {
      const isOther = cookie.client !== undefined && cookie.client !== client;
      if (isOther || !(await this.#tools.hasClient(token.user, client)))
        throw refusal('Invalid zauth token');
    }
    const bound = cookie.client ?? client;
    const renewed = await this.#renewCookie(token.user, cookie, bound);
    // Clients in Node overlook a renewed cookie, so their old token says which client they are.
    return { access: this.#access(token.user, bound ?? bearer?.client), cookie: renewed };
  }

  /** Ends the session of a cookie. */
  async end(proof: Proof): Promise<void> {
    const { token, cookie } = await this.#proven(proof);
    await this.#tools.cookies.remove(token.user, [cookie.id]);
  }

  async #proven(proof: Proof) {
    const neither = proof.cookie === undefined && proof.bearer === undefined;
    if (neither) throw refusal('Missing cookie and token');
    if (proof.bearer === undefined) throw refusal('Missing token');
    const believed = await this.#believe(proof.cookie, 'Missing cookie');
    this.#bearerOf(proof.bearer, believed.token.user);
    return believed;
  }

  async #believe(
    text: string | undefined,
    missing: string,
  ): Promise<{ readonly token: Token; readonly cookie: Cookie }> {
    if (text === undefined) throw refusal(missing);
    const token = this.#tools.verifier.verify(text);
    if (token?.kind !== 'u') throw refusal('Invalid zauth token');
    if (token.expiresAt <= nowSeconds(this.#tools.clock)) throw refusal('Token expired');
    const cookie = await this.#tools.cookies.byId(token.user, token.id);
    if (cookie === undefined || cookie.expires_at <= this.#tools.clock.nowMs())
      throw refusal('Invalid zauth token');
    return { token, cookie };
  }

  #bearerOf(text: string | undefined, user: string): Token | undefined {
    if (text === undefined) return undefined;
    const token = this.#tools.verifier.verify(text);
    if (token?.kind !== 'a') throw refusal('Invalid zauth token');
    if (token.user !== user) throw refusal('Token mismatch');
    return token;
  }

  /** The header of a cookie that takes the place of an old one, or of one that has no client yet. */
  async #renewCookie(
    user: string,
    cookie: Cookie,
    client: string | undefined,
  ): Promise<string | undefined> {
    const { cookies, clock, config } = this.#tools;
    if (cookie.successor !== undefined) return undefined;
    const isOld = clock.nowMs() - cookie.created_at >= config.COOKIE_RENEW_SECONDS * 1000;
    const isBinding = cookie.client !== client;
    if (!isBinding && !(isOld && cookie.type === 'persistent')) return undefined;
    const { type, label } = cookie;
    const next = await this.#newCookie({ user, type, label, client });
    const keptSeconds = config.COOKIE_RENEW_SECONDS;
    await cookies.supersede(user, cookie, { successor: next.cookie.id, keptSeconds });
    return next.header;
  }

  async #newCookie(wanted: WantedCookie): Promise<{ cookie: Cookie; header: string }> {
    const { cookies, config, signer } = this.#tools;
    const { user, type, label, client } = wanted;
    const isPersistent = type === 'persistent';
    const lifeSeconds = isPersistent ? config.USER_TOKEN_SECONDS : config.SESSION_TOKEN_SECONDS;
    const cookie = await cookies.add({ user, type, lifeSeconds, label, client });
    const expiresAt = Math.floor(cookie.expires_at / 1000);
    const tag = isPersistent ? '' : 's';
    const text = signer.sign({ kind: 'u', expiresAt, tag, user, client, id: cookie.id });
    const expires = isPersistent ? [`Expires=${new Date(cookie.expires_at).toUTCString()}`] : [];
    const secure = config.COOKIE_INSECURE ? [] : ['Secure'];
    const header = [`zuid=${text}`, 'Path=/access', ...expires, 'HttpOnly', ...secure].join('; ');
    return { cookie, header };
  }

  #access(user: string, client: string | undefined): Access {
    const { config, clock, signer } = this.#tools;
    const expiresAt = nowSeconds(clock) + config.ACCESS_TOKEN_SECONDS;
    const id = randomBytes(8).readBigUInt64BE();
    const token = signer.sign({ kind: 'a', expiresAt, tag: '', user, client, id });
    const expires_in = config.ACCESS_TOKEN_SECONDS;
    return { user, access_token: token, token_type: 'Bearer', expires_in };
  }

  async #makeRoom(user: string, type: CookieType): Promise<void> {
    const all = await this.#tools.cookies.list(user);
    const same = all.filter((cookie) => cookie.type === type);
    if (same.length < maxCookies) return;
    if (deviation(same.map(({ created_at }) => created_at / 1000)) < minDeviationSeconds)
      throw new ApiError(loginsTooFrequent, {
        headers: { 'retry-after': String(retryAfterSeconds) },
      });
    const supersededFirst = same.toSorted(
      (one, other) =>
        Number(one.successor === undefined) - Number(other.successor === undefined) ||
        one.created_at - other.created_at,
    );
    const surplus = supersededFirst.slice(0, same.length - maxCookies + 1);
    await this.#tools.cookies.remove(
      user,
      surplus.map(({ id }) => id),
    );
  }
}

interface WantedCookie {
  readonly user: string;
  readonly type: CookieType;
  readonly label: string | undefined;
  readonly client?: string | undefined;
}

function refusal(message: string): ApiError {
  return new ApiError(invalidCredentials, { message });
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / values.length);
}

import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { TestService } from './service.js';

/** An answer of a service, read. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls a service. */
export async function call({ url }: Pick<TestService, 'url'>, wanted: Call): Promise<Answer> {
  const response = await fetch(`${url}${wanted.path}`, {
    method: wanted.method ?? 'GET',
    headers: { 'content-type': 'application/json', ...wanted.headers },
    body: wanted.body === undefined ? null : JSON.stringify(wanted.body),
  });
  const text = await response.text();
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  return { status: response.status, body, headers: response.headers };
}

/** The headers that nginz would set for a user. */
export function as(user: string, connection = '1'): Readonly<Record<string, string>> {
  return { 'z-type': 'access', 'z-user': user, 'z-connection': connection };
}

/** An address that nobody has. */
export function newEmail(): string {
  return `user-${randomUUID()}@mail.example`;
}

export const password = 'a long password';

export interface TestUser {
  readonly id: string;
  readonly email: string;
  /** The text of the cookie `zuid`. */
  readonly cookie: string;
}

/** The text of the cookie that an answer sets. */
export function cookieOf({ headers }: Answer): string {
  return /^zuid=([^;]+)/.exec(headers.get('set-cookie') ?? '')?.[1] ?? '';
}

const idSchema = z.object({ id: z.string() });
const codeSchema = z.object({ key: z.string(), code: z.string() });

/** Registers an account and activates it. */
export async function newUser(brig: TestService, name = 'Ada'): Promise<TestUser> {
  const email = newEmail();
  const body = { name, email, password };
  const registered = await call(brig, { method: 'POST', path: '/v8/register', body });
  const path = `/i/users/activation-code?email=${encodeURIComponent(email)}`;
  const { code } = codeSchema.parse((await call(brig, { path })).body);
  await call(brig, { method: 'POST', path: '/v8/activate', body: { email, code } });
  return { id: idSchema.parse(registered.body).id, email, cookie: cookieOf(registered) };
}

/** A prekey bundle with that id, as clients upload it: real form, random keys. */
export function prekey(id: number): { id: number; key: string } {
  const number = id < 24 ? [id] : id < 256 ? [0x18, id] : [0x19, id >> 8, id & 255];
  const bytes = Buffer.concat([Buffer.from([0xa5, 0, 1, 1, ...number, 2]), randomBytes(80)]);
  return { id, key: bytes.toString('base64') };
}

/** What a client with so many prekeys registers with. */
export function newClientBody(prekeys = 2, type = 'permanent') {
  return {
    type,
    class: 'desktop',
    cookie: 'default',
    prekeys: Array.from({ length: prekeys }, (_, at) => prekey(at)),
    lastkey: prekey(65_535),
    password,
  };
}

/** The id that a client with that last-resort key has. */
export function clientIdOf(lastkey: string): string {
  return createHash('sha256').update(lastkey).digest().readBigUInt64BE().toString(16);
}

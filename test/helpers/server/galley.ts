import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { galley } from '../../../server/services/galley/galley.js';
import { sharedCassandra } from '../stores/cassandra.js';
import { startGalleyPeers, type GalleyPeers } from './galley-peers.js';
import { startTestService, testDomain, untilReady, type TestService } from './service.js';

/** galley with those that it talks to. */
export interface TestGalley {
  readonly service: TestService;
  readonly peers: GalleyPeers;
  stop(): Promise<void>;
}

/** Starts galley on the run's Cassandra, and waits until it is ready. */
export async function startTestGalley(
  env: Readonly<Record<string, string>> = {},
): Promise<TestGalley> {
  const peers = await startGalleyPeers();
  const usual = {
    CASSANDRA_CONTACT_POINTS:
      env['CASSANDRA_CONTACT_POINTS'] ?? `127.0.0.1:${String((await sharedCassandra()).port)}`,
    BRIG_URL: peers.url,
    GUNDECK_URL: peers.url,
  };
  const service = await startTestService(galley, { env: { ...usual, ...env } });
  await untilReady(service);
  return {
    service,
    peers,
    async stop() {
      await service.stop();
      peers.stop();
    },
  };
}

/** What a user of galley asks for. */
export interface GalleyCall {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Behind the version. */
  readonly path: string;
  readonly body?: unknown;
  /** Sent as it is, as protobuf. */
  readonly bytes?: Uint8Array;
  readonly version?: number;
}

export interface GalleyAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Calls galley as nginz would for a user with connection 1; without a user, as nobody. */
export async function callAs(
  { service }: TestGalley,
  user: string | undefined,
  { method = 'GET', path, body, bytes, version = 15 }: GalleyCall,
): Promise<GalleyAnswer> {
  const type = bytes === undefined ? 'application/json' : 'application/x-protobuf';
  const response = await fetch(`${service.url}/v${String(version)}${path}`, {
    method,
    headers: {
      'content-type': type,
      ...(user !== undefined && { 'z-user': user, 'z-connection': '1' }),
    },
    body: bytes === undefined ? jsonOf(body) : Buffer.from(bytes),
  });
  const text = await response.text();
  const answered: unknown = text === '' ? undefined : JSON.parse(text);
  return { status: response.status, headers: response.headers, body: answered };
}

function jsonOf(body: unknown): string | null {
  if (body === undefined) return null;
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** Users that are connected with each other, one client each, and the conversations with themselves. */
export async function newFriends({ peers, service }: TestGalley, count: number): Promise<string[]> {
  const users = Array.from({ length: count }, () => randomUUID());
  peers.connect(...users);
  for (const user of users) {
    peers.clients.set(user, [randomClient()]);
    await fetch(`${service.url}/i/users/${user}/self-conversation`, { method: 'PUT' });
  }
  return users;
}

/** A client id as brig makes them. */
export function randomClient(): string {
  return BigInt(`0x${randomUUID().replaceAll('-', '').slice(0, 16)}`).toString(16);
}

/** An id of the tests' backend. */
export function qualified(id: string) {
  return { domain: testDomain, id };
}

/** The path of a conversation. */
export function pathOf(conversation: string, below = ''): string {
  return `/conversations/${testDomain}/${conversation}${below}`;
}

const made = z.object({ id: z.string() });

/** Makes a group; the first user is its creator. */
export async function newGroup(
  galley: TestGalley,
  [creator, ...others]: readonly string[],
  more: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const body = { qualified_users: others.map(qualified), ...more };
  const answer = await callAs(galley, creator, { method: 'POST', path: '/conversations', body });
  return made.parse(answer.body).id;
}

const error = z.object({ code: z.int(), label: z.string(), message: z.string() });

/** What an error says: its status and label. */
export function errorOf({ status, body }: GalleyAnswer): string {
  const { code, label } = error.parse(body);
  if (code !== status) throw new Error(`status ${String(status)} with code ${String(code)}`);
  return `${String(code)} ${label}`;
}

const told = z.looseObject({ type: z.string(), conversation: z.string() });

/** The events of a conversation that a user was told, oldest first. */
export function eventsFor({ peers }: TestGalley, user: string, conversation: string) {
  return peers.pushes
    .filter(({ recipients }) => recipients.some((recipient) => recipient.user === user))
    .flatMap(({ payload }) => payload.map((event) => told.parse(event)))
    .filter((event) => event.conversation === conversation);
}

const shown = z.object({
  members: z.object({
    self: z.object({ id: z.string(), conversation_role: z.string() }),
    others: z.array(z.object({ id: z.string(), conversation_role: z.string() })),
  }),
});

/** The members of a conversation as one of them sees them, sorted. */
export async function membersSeenBy(
  galley: TestGalley,
  user: string,
  conversation: string,
): Promise<string[]> {
  const answer = await callAs(galley, user, { path: pathOf(conversation) });
  const { members } = shown.parse(answer.body);
  return [members.self.id, ...members.others.map(({ id }) => id)].sort();
}

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { follow, type FollowingClient } from '../../../helpers/server/following-client.js';
import {
  numbered,
  push,
  startCannonProcess,
  startGundeckProcess,
  type ServiceProcess,
} from '../../../helpers/server/push-services.js';
import { fetchAll, numberOf } from '../../../helpers/server/socket-client.js';
import { startRedis } from '../../../helpers/stores/redis.js';
import { endKept, until } from '../../../helpers/stores/shared-store.js';

const users = [randomUUID(), randomUUID(), randomUUID()];
/** Sent to each user in one phase. */
const perPhase = 60;

let folder: string;
let redis: { port: number; keeper: number };
let gundecks: ServiceProcess[];
let cannons: ServiceProcess[];
let clients: FollowingClient[];
/** By user: the numbers that were acknowledged. */
const acknowledged = new Map<string, Set<number>>(users.map((user) => [user, new Set()]));
let nextNumber = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wire-offline-test-redis-'));
  redis = await startRedis('redis-no-loss', folder);
  const env = redisEnvironment();
  gundecks = await Promise.all([startGundeckProcess(env), startGundeckProcess(env)]);
  cannons = await Promise.all(gundecks.map(({ url }) => startCannonProcess(url)));
  clients = users.map((user) =>
    follow({
      user,
      cannonUrls: () => cannons.map(({ url }) => url),
      gundeckUrls: () => gundecks.map(({ url }) => url),
    }),
  );
});
afterAll(async () => {
  for (const client of clients) await client.stop();
  for (const service of [...cannons, ...gundecks]) await service.kill();
  await endKept('redis-no-loss', redis.keeper);
  await rm(folder, { recursive: true });
});

function redisEnvironment() {
  return { REDIS_ADDRESS: `127.0.0.1:${String(redis.port)}` };
}

/** Sends while something happens; what is not answered with 200 is not sent again. */
async function sendWhile(happening: () => Promise<void>): Promise<void> {
  const sending = users.flatMap((user) => [sendSome(user, 0), sendSome(user, 1)]);
  await Promise.all([happening(), ...sending]);
}

/** Two senders a user, each with a gundeck of its own. */
async function sendSome(user: string, at: number): Promise<void> {
  for (let sent = 0; sent < perPhase / 2; sent += 1) {
    const number = nextNumber++;
    try {
      const status = await push(gundecks[at]?.url ?? '', [numbered(user, number)]);
      if (status === 200) acknowledged.get(user)?.add(number);
    } catch {
      // It is away, so nothing was acknowledged.
      await pause(20);
    }
  }
}

/** Kills a gundeck; another starts at its address. */
async function restartGundeck(at: number): Promise<void> {
  const killed = gundecks[at];
  if (killed === undefined) throw new Error('no such gundeck');
  await killed.kill();
  const address = { LISTEN_PORT: String(killed.port), GUNDECK_PUSH_URL: killed.url };
  gundecks[at] = await startGundeckProcess({ ...redisEnvironment(), ...address });
}

describe('what was acknowledged', () => {
  it('is taken by every client once and in order, whatever was killed meanwhile', async () => {
    await sendWhile(async () => {
      for (const client of clients) {
        client.drop();
        await pause(50);
      }
    });
    await sendWhile(async () => {
      await cannons[0]?.kill();
      cannons[0] = await startCannonProcess(gundecks[0]?.url ?? '');
    });
    // One of the two writes the logs when it is killed.
    await sendWhile(() => restartGundeck(0));
    await sendWhile(() => restartGundeck(1));
    await sendWhile(async () => {
      await endKept('redis-no-loss', redis.keeper);
      await pause(100);
      redis = await startRedis('redis-no-loss', folder, redis.port);
    });
    await sendWhile(async () => {
      for (const client of clients) client.drop();
      await cannons[1]?.kill();
      cannons[1] = await startCannonProcess(gundecks[1]?.url ?? '');
    });
    for (const [at, user] of users.entries()) {
      const wanted = acknowledged.get(user) ?? new Set();
      const taken = () => clients[at]?.numbers ?? [];
      await until('all came', () => {
        const has = new Set(taken());
        return Promise.resolve([...wanted].every((number) => has.has(number)));
      });
      const stored = await fetchAll({ url: gundecks[1]?.url ?? '', user });
      expect(taken()).toEqual(stored.map(numberOf));
      expect(new Set(taken()).size).toBe(taken().length);
      expect(wanted.size).toBeGreaterThan(perPhase * 3);
    }
  });
});

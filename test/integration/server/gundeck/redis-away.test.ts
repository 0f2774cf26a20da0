import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import {
  numbered,
  push,
  startTestCannon,
  startTestGundeck,
} from '../../../helpers/server/push-services.js';
import { openSocket, type SocketClient } from '../../../helpers/server/socket-client.js';
import type { TestService } from '../../../helpers/server/service.js';
import { redisPassword, startRedis } from '../../../helpers/stores/redis.js';
import { endKept, until } from '../../../helpers/stores/shared-store.js';

let folder: string;
let redis: { port: number; keeper: number };
let gundeck: TestService;
let cannons: TestService[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wire-offline-test-redis-'));
  redis = await startRedis('redis-away', folder);
  gundeck = await startTestGundeck({ REDIS_ADDRESS: `127.0.0.1:${String(redis.port)}` });
  cannons = [
    await startTestCannon(gundeck.url, { TELL_SECONDS: '1' }),
    await startTestCannon(gundeck.url, { TELL_SECONDS: '1' }),
  ];
});
afterAll(async () => {
  for (const cannon of cannons) await cannon.stop();
  await gundeck.stop();
  await endKept('redis-away', redis.keeper);
  await rm(folder, { recursive: true });
});

function socketAt(at: number, user: string): Promise<SocketClient> {
  return openSocket({ url: cannons[at]?.url ?? '', user });
}

async function allCame(sockets: readonly SocketClient[], last: number): Promise<void> {
  await until(`number ${String(last)} everywhere`, () =>
    Promise.resolve(sockets.every(({ numbers }) => numbers.at(-1) === last)),
  );
}

describe('while Redis is away', () => {
  it('every push reaches every open socket, once, and again when Redis comes back empty', async () => {
    const user = randomUUID();
    const sockets = [await socketAt(0, user), await socketAt(1, user)];
    await push(gundeck.url, [numbered(user, 1)]);
    await allCame(sockets, 1);

    await endKept('redis-away', redis.keeper);
    expect(await push(gundeck.url, [numbered(user, 2)])).toBe(200);
    await push(gundeck.url, [numbered(user, 3)]);
    await allCame(sockets, 3);
    expect((await fetch(`${gundeck.url}/i/ready`)).status).toBe(200);
    const late = await socketAt(1, user);
    await push(gundeck.url, [numbered(user, 4)]);
    await allCame([...sockets, late], 4);

    redis = await startRedis('redis-away', folder, redis.port);
    await push(gundeck.url, [numbered(user, 5)]);
    await allCame([...sockets, late], 5);
    expect(sockets.map(({ numbers }) => numbers)).toEqual([
      [1, 2, 3, 4, 5],
      [1, 2, 3, 4, 5],
    ]);
    expect(late.numbers).toEqual([4, 5]);
    for (const socket of [...sockets, late]) socket.close();
  });
});

describe('a socket that Redis forgot', () => {
  it('gets what it missed when its cannon tells of it again, and then all that comes', async () => {
    const user = randomUUID();
    const socket = await socketAt(0, user);
    const client = new Redis(redis.port, { username: 'gundeck', password: redisPassword });
    // Redis says that it knows all sockets, and knows none.
    await client.flushall();
    await client.set('presences:complete-from', '0');
    await push(gundeck.url, [numbered(user, 1)]);
    await allCame([socket], 1);
    await push(gundeck.url, [numbered(user, 2)]);
    await allCame([socket], 2);
    expect(socket.numbers).toEqual([1, 2]);
    socket.close();
    client.disconnect();
  });
});

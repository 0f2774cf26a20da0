import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mkdir, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { request } from 'undici';
import { cannon } from '../../../server/services/cannon/cannon.js';
import { gundeck } from '../../../server/services/gundeck/gundeck.js';
import type { Push } from '../../../server/internal-api/gundeck.js';
import { sharedCassandra, testPassword } from '../stores/cassandra.js';
import { redisPassword, sharedRedis } from '../stores/redis.js';
import { endKept, freePort, keep, runFolder } from '../stores/shared-store.js';
import { gundeckKeyspacePrefix } from './gundeck-keyspace.js';
import { startTestService, testDomain, untilReady, type TestService } from './service.js';

type Environment = Readonly<Record<string, string>>;

/** What gundeck is told to use the stores of the run. */
async function gundeckEnvironment(more: Environment): Promise<Environment> {
  const { port } = await sharedCassandra();
  const redis = more['REDIS_ADDRESS'] ?? `127.0.0.1:${String((await sharedRedis()).port)}`;
  return {
    CASSANDRA_CONTACT_POINTS: `127.0.0.1:${String(port)}`,
    CASSANDRA_KEYSPACE_PREFIX: await gundeckKeyspacePrefix(port),
    REDIS_ADDRESS: redis,
    ...(await ownPort()),
    ...more,
  };
}

/** Starts gundeck in this process, and waits until it is ready. */
export async function startTestGundeck(more: Environment = {}): Promise<TestService> {
  const service = await startTestService(gundeck, { env: await gundeckEnvironment(more) });
  await untilReady(service);
  return service;
}

/** Starts cannon in this process. */
export async function startTestCannon(
  gundeckUrl: string,
  more: Environment = {},
): Promise<TestService> {
  const env = { GUNDECK_URL: gundeckUrl, ...(await ownPort()), ...more };
  const service = await startTestService(cannon, { env });
  await untilReady(service);
  return service;
}

/** Where a replica listens, and the same address for others. */
async function ownPort(): Promise<Environment> {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  return { LISTEN_PORT: port, CANNON_PUSH_URL: url, GUNDECK_PUSH_URL: url };
}

/** A service in a process of its own. */
export interface ServiceProcess {
  readonly url: string;
  readonly port: number;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
}

/** Starts the built gundeck, on a free port unless told. */
export async function startGundeckProcess(more: Environment = {}): Promise<ServiceProcess> {
  const env = await gundeckEnvironment(more);
  return startProcess('gundeck', env);
}

/** Starts the built cannon. */
export async function startCannonProcess(gundeckUrl: string): Promise<ServiceProcess> {
  return startProcess('cannon', { GUNDECK_URL: gundeckUrl, ...(await ownPort()) });
}

async function startProcess(name: string, env: Environment): Promise<ServiceProcess> {
  const secrets = join(runFolder(), 'process-secrets');
  await mkdir(secrets, { recursive: true });
  await writeFile(join(secrets, 'cassandra-password'), testPassword);
  await writeFile(join(secrets, 'redis-password'), redisPassword);
  const main = fileURLToPath(new URL('../../../artifacts/build/server/main.js', import.meta.url));
  const keptName = `${name}-${randomUUID()}`;
  const usual = {
    WIRE_DOMAIN: testDomain,
    LISTEN_HOST: '127.0.0.1',
    SECRETS_FOLDER: secrets,
    CHECK_RESPONSES: 'true',
  };
  const argv = [process.execPath, main, name];
  const keeper = await keep({ name: keptName, argv, env: { ...usual, ...env }, cwd: secrets });
  const port = Number(env['LISTEN_PORT']);
  const url = `http://127.0.0.1:${String(port)}`;
  await untilAnswers(url);
  return { url, port, kill: () => endKept(keptName, keeper) };
}

async function untilAnswers(url: string): Promise<void> {
  for (;;) {
    try {
      const { statusCode, body } = await request(`${url}/i/ready`);
      await body.dump();
      if (statusCode === 200) return;
    } catch {
      // It does not listen yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Pushes as another service does; gives the status. */
export async function push(gundeckUrl: string, pushes: readonly Push[]): Promise<number> {
  const { statusCode, body } = await request(`${gundeckUrl}/i/push/v2`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(pushes),
  });
  await body.dump();
  return statusCode;
}

/** A push of one event with a number to all clients of a user. */
export function numbered(user: string, number: number, more: Partial<Push> = {}): Push {
  return {
    recipients: [{ user, clients: 'all' }],
    payload: [{ type: 'test.number', number }],
    ...more,
  };
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { z } from 'zod';
import { systemClock, type Clock } from '../../../server/clock.js';
import type { CommonConfig } from '../../../server/config/schemas.js';
import type { ServiceDefinition } from '../../../server/service/service.js';
import { startService } from '../../../server/service/start-service.js';
import { testPassword } from '../stores/cassandra.js';
import { redisPassword } from '../stores/redis.js';
import { mlsRemovalKeys, zauthKeyLines } from './keys.js';

/** The backend domain of the tests. */
export const testDomain = 'wire.example';

const zauth = zauthKeyLines();

/** The secrets of the tests, by the names of the contract. */
const testSecrets: Readonly<Record<string, string>> = {
  'cassandra-password': testPassword,
  'redis-password': redisPassword,
  'zauth-private-keys': zauth.secret,
  'zauth-public-keys': zauth.public,
  'mls-removal-keys': mlsRemovalKeys(),
};

export interface TestService {
  /** Without a slash at its end. */
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

export interface TestServiceOptions {
  /** What the service is told beside the usual. */
  readonly env: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  readonly secrets?: Readonly<Record<string, string>>;
}

/**
 * Starts a service in this process on a free port of the loopback, with the secrets that its contract lists, and its
 * answers checked against their schemas. `WIRE_TEST_LOG=debug` shows its log.
 */
export async function startTestService<S extends z.ZodType<CommonConfig>>(
  definition: ServiceDefinition<S>,
  { env, clock = systemClock, secrets = {} }: TestServiceOptions,
): Promise<TestService> {
  const folder = await mkdtemp(join(tmpdir(), 'wire-offline-test-secrets-'));
  for (const { name } of definition.contract.secrets) {
    const text = secrets[name] ?? testSecrets[name];
    if (text !== undefined) await writeFile(join(folder, name), `${text}\n`, { mode: 0o600 });
  }
  const usual = {
    WIRE_DOMAIN: testDomain,
    LISTEN_HOST: '127.0.0.1',
    LISTEN_PORT: '0',
    SECRETS_FOLDER: folder,
    CHECK_RESPONSES: 'true',
    DRAIN_SECONDS: '5',
  };
  const log = pino({
    name: definition.contract.id,
    level: process.env['WIRE_TEST_LOG'] ?? 'silent',
  });
  const service = await startService(definition, { env: { ...usual, ...env }, log, clock });
  return {
    url: `http://127.0.0.1:${String(service.port)}`,
    port: service.port,
    async stop() {
      await service.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until a service takes work. */
export async function untilReady({ url }: TestService): Promise<void> {
  while (!(await isReady(url))) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/i/ready`);
  await response.arrayBuffer();
  return response.ok;
}

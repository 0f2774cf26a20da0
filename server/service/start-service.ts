import { setTimeout as pause } from 'node:timers/promises';
import type { z } from 'zod';
import type { Clock } from '../clock.js';
import { readConfig } from '../config/read-config.js';
import type { CommonConfig } from '../config/schemas.js';
import { makeMetrics } from '../http/metrics.js';
import { makeRouter } from '../http/router.js';
import { listen, type HttpServer } from '../http/uws-app.js';
import type { Logger } from '../log/logger.js';
import { connectStore } from '../stores/store.js';
import { healthRoutes } from './health.js';
import type { BuiltService, ServiceDefinition } from './service.js';

export interface StartOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  readonly clock: Clock;
}

export interface RunningService {
  readonly port: number;
  /** Takes no new work, lets open requests end within `DRAIN_SECONDS`, then closes everything. */
  stop(): Promise<void>;
}

/**
 * Starts a service: it is live as soon as it listens, and ready once its stores are there.
 *
 * @throws {ConfigurationError} where it is told wrong things.
 */
export async function startService<S extends z.ZodType<CommonConfig>>(
  definition: ServiceDefinition<S>,
  { env, log, clock }: StartOptions,
): Promise<RunningService> {
  const { contract } = definition;
  const { environment, secrets } = contract;
  const config = readConfig({ env, environment, secrets, schema: definition.configSchema });
  const { LISTEN_HOST, LISTEN_PORT, CHECK_RESPONSES, DRAIN_SECONDS } = config.values;
  const ending = new AbortController();
  const metrics = makeMetrics();
  const built = definition.build({ config, log, clock, metrics, ending: ending.signal });
  const health = { isEnding: () => ending.signal.aborted, built, metrics };
  const routes = [...built.routes, ...healthRoutes(health)];
  const server = await listen({
    host: LISTEN_HOST,
    port: LISTEN_PORT ?? contract.port,
    route: makeRouter({ routes, log, metrics, checkResponses: CHECK_RESPONSES }),
    ...(built.upgrade !== undefined && { upgrade: built.upgrade }),
    onError: (error) => {
      log.error({ err: error }, 'a request failed outside its route');
    },
  });
  for (const store of built.stores) void connectStore(store, { log, signal: ending.signal });
  built.started?.(server.port);
  log.info({ port: server.port }, 'listening');
  return {
    port: server.port,
    async stop() {
      if (ending.signal.aborted) return;
      log.info('ending');
      ending.abort();
      await drain({ server, built, timeoutMs: DRAIN_SECONDS * 1000 });
      log.info('ended');
    },
  };
}

interface Draining {
  readonly server: HttpServer;
  readonly built: BuiltService;
  readonly timeoutMs: number;
}

async function drain({ server, built, timeoutMs }: Draining): Promise<void> {
  server.close();
  await built.drain?.();
  for (let waitedMs = 0; server.open > 0 && waitedMs < timeoutMs; waitedMs += 50) await pause(50);
  server.destroy();
  await built.close?.();
  for (const store of built.stores) await store.close();
}

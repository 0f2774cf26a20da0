import type { z } from 'zod';
import type { Clock } from '../clock.js';
import type { CommonConfig } from '../config/schemas.js';
import type { Config } from '../config/read-config.js';
import type { ServiceContract } from '../contract/services.js';
import type { HttpMetrics } from '../http/metrics.js';
import type { Route } from '../http/route.js';
import type { SocketUpgrade } from '../http/uws-sockets.js';
import type { Logger } from '../log/logger.js';
import type { Store } from '../stores/store.js';

/** What a service is built from. */
export interface ServiceTools<T> {
  readonly config: Config<T>;
  readonly log: Logger;
  readonly clock: Clock;
  readonly metrics: HttpMetrics;
  /** Aborts when the service ends: for what it does in the background. */
  readonly ending: AbortSignal;
}

/** A service, ready to be served. */
export interface BuiltService {
  readonly routes: readonly Route[];
  /** It is ready while all of them are. */
  readonly stores: readonly Store[];
  readonly upgrade?: SocketUpgrade;
  /** Further conditions for being ready: rejects with the reason where one is not met. */
  readonly check?: () => Promise<void>;
  /** Called once the service listens. */
  readonly started?: (port: number) => void;
  /** Called on SIGTERM, before open requests are waited for: closes sockets, ends background work. */
  readonly drain?: () => Promise<void>;
  /** Called last: closes what is not a store. */
  readonly close?: () => Promise<void>;
}

/** A service as code: its contract, what it is told, and how it is built from that. */
export interface ServiceDefinition<S extends z.ZodType<CommonConfig>> {
  readonly contract: ServiceContract;
  /** Its keys are the names in the contract's `environment`; a test compares them. */
  readonly configSchema: S;
  build(tools: ServiceTools<z.output<S>>): BuiltService;
}

/** Fixes the types of a service's definition. */
export function defineService<S extends z.ZodType<CommonConfig>>(
  definition: ServiceDefinition<S>,
): ServiceDefinition<S> {
  return definition;
}

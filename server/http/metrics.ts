import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

export interface Observation {
  readonly method: string;
  /** The pattern, not the path: one series an endpoint. */
  readonly path: string;
  readonly status: number;
  readonly tookMs: number;
}

/** What a service measures of itself. */
export interface HttpMetrics {
  /** Where a service adds measures of its own. */
  readonly registry: Registry;
  observe(observation: Observation): void;
}

/** Process metrics and the duration of requests by endpoint and status, as Prometheus wants them. */
export function makeMetrics(): HttpMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from a request’s head to its answer',
    labelNames: ['method', 'path', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return {
    registry,
    observe({ method, path, status, tookMs }) {
      durations.observe({ method, path, status: String(status) }, tookMs / 1000);
    },
  };
}

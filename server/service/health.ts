import { z } from 'zod';
import { livePath, metricsPath, readyPath } from '../contract/services.js';
import { endpoint } from '../http/endpoint.js';
import type { HttpMetrics } from '../http/metrics.js';
import { empty, json, raw } from '../http/payload.js';
import { route, type Route } from '../http/route.js';
import type { BuiltService } from './service.js';

const readiness = z.object({ ready: z.boolean(), missing: z.array(z.string()) });

const statusEndpoint = endpoint({
  method: 'get',
  path: livePath,
  summary: 'Whether the process serves',
  auth: 'internal',
  replies: { 200: empty() },
});

const statusHeadEndpoint = endpoint({ ...statusEndpoint, method: 'head' });

const readyEndpoint = endpoint({
  method: 'get',
  path: readyPath,
  summary: 'Whether the service takes work',
  auth: 'internal',
  replies: { 200: json(readiness), 503: json(readiness, 'Something is missing') },
});

const metricsEndpoint = endpoint({
  method: 'get',
  path: metricsPath,
  summary: 'What the service measures',
  auth: 'internal',
  replies: { 200: raw('text/plain; version=0.0.4; charset=utf-8') },
});

export interface Health {
  readonly isEnding: () => boolean;
  readonly built: BuiltService;
  readonly metrics: HttpMetrics;
}

/** The endpoints that every service has for those who watch it. */
export function healthRoutes({ isEnding, built, metrics }: Health): readonly Route[] {
  return [
    route(statusEndpoint, () => ({ status: 200 })),
    route(statusHeadEndpoint, () => ({ status: 200 })),
    route(readyEndpoint, async () => {
      const missing = isEnding() ? ['ending'] : await whatIsMissing(built);
      if (missing.length > 0) return { status: 503, body: { ready: false, missing } };
      return { status: 200, body: { ready: true, missing } };
    }),
    route(metricsEndpoint, async () => ({ status: 200, body: await metrics.registry.metrics() })),
  ];
}

async function whatIsMissing({ stores, check }: BuiltService): Promise<string[]> {
  const checks = [
    ...stores.map((store) => ({ name: store.id, done: store.check() })),
    ...(check === undefined ? [] : [{ name: 'itself', done: check() }]),
  ];
  const settled = await Promise.allSettled(checks.map(({ done }) => done));
  return checks.flatMap(({ name }, at) => (settled[at]?.status === 'rejected' ? [name] : []));
}

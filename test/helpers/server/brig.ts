import { brig } from '../../../server/services/brig/brig.js';
import type { Clock } from '../../../server/clock.js';
import { sharedCassandra } from '../stores/cassandra.js';
import { startTestService, untilReady, type TestService } from './service.js';

export interface TestBrigOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  readonly smtpPort?: number;
  /** Where galley and gundeck are. */
  readonly peersUrl?: string;
}

/** Starts brig on the run's Cassandra, and waits until it is ready. */
export async function startTestBrig(options: TestBrigOptions = {}): Promise<TestService> {
  const { port } = await sharedCassandra();
  const env = {
    CASSANDRA_CONTACT_POINTS: `127.0.0.1:${String(port)}`,
    SMTP_ADDRESS: `127.0.0.1:${String(options.smtpPort ?? 1)}`,
    SMTP_TLS: 'none',
    MAIL_FROM: 'wire@wire.example',
    ACCOUNT_URL: 'https://account.wire.example',
    GALLEY_URL: options.peersUrl ?? 'http://127.0.0.1:1',
    GUNDECK_URL: options.peersUrl ?? 'http://127.0.0.1:1',
    COOKIE_INSECURE: 'true',
    ...options.env,
  };
  const { clock } = options;
  const service = await startTestService(brig, { env, ...(clock !== undefined && { clock }) });
  await untilReady(service);
  return service;
}

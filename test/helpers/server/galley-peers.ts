import { pino } from 'pino';
import type { z } from 'zod';
import { makeMetrics } from '../../../server/http/metrics.js';
import { route } from '../../../server/http/route.js';
import { makeRouter } from '../../../server/http/router.js';
import { listen } from '../../../server/http/uws-app.js';
import {
  connectedEndpoint,
  contactsEndpoint,
  listClientsEndpoint,
} from '../../../server/internal-api/brig.js';
import { pushEndpoint, type push } from '../../../server/internal-api/gundeck.js';

type Push = z.output<typeof push>;

/** What galley asks brig and tells gundeck, where it is tested without them. */
export interface GalleyPeers {
  readonly url: string;
  /** Whose clients are whose. */
  readonly clients: Map<string, string[]>;
  /** Each of some users is connected with all others. */
  connect(...users: readonly string[]): void;
  readonly pushes: Push[];
  stop(): void;
}

/** Starts brig's and gundeck's internal endpoints, as far as galley calls them, on one port of the loopback. */
export async function startGalleyPeers(): Promise<GalleyPeers> {
  const clients = new Map<string, string[]>();
  const contacts = new Map<string, Set<string>>();
  const pushes: Push[] = [];
  const contactsOf = (user: string) => [...(contacts.get(user) ?? [])];
  const routes = [
    route(pushEndpoint, ({ body }) => {
      pushes.push(...body);
      return { status: 200 };
    }),
    route(listClientsEndpoint, ({ body }) => {
      const found = body.users.map((user) => {
        const ids = clients.get(user) ?? [];
        return [user, ids.map((id) => ({ id, capabilities: [] }))] as const;
      });
      return { status: 200, body: { clients: Object.fromEntries(found) } };
    }),
    route(connectedEndpoint, ({ params, body }) => {
      const known = new Set(contactsOf(params.user));
      return { status: 200, body: { users: body.users.filter((user) => known.has(user)) } };
    }),
    route(contactsEndpoint, ({ params }) => ({
      status: 200,
      body: { users: contactsOf(params.user) },
    })),
  ];
  const log = pino({ level: process.env['WIRE_TEST_LOG'] ?? 'silent', name: 'galley-peers' });
  const server = await listen({
    host: '127.0.0.1',
    port: 0,
    route: makeRouter({ routes, log, metrics: makeMetrics(), checkResponses: true }),
    onError: (error) => {
      log.error({ err: error });
    },
  });
  return {
    url: `http://127.0.0.1:${String(server.port)}`,
    clients,
    pushes,
    connect(...users) {
      for (const user of users)
        contacts.set(user, new Set([...contactsOf(user), ...users.filter((u) => u !== user)]));
    },
    stop() {
      server.close();
      server.destroy();
    },
  };
}

import { pino } from 'pino';
import type { z } from 'zod';
import { makeMetrics } from '../../../server/http/metrics.js';
import { route } from '../../../server/http/route.js';
import { makeRouter } from '../../../server/http/router.js';
import { listen } from '../../../server/http/uws-app.js';
import {
  acceptEndpoint,
  blockEndpoint,
  connectEndpoint,
  selfConversationEndpoint,
} from '../../../server/internal-api/galley.js';
import type { push } from '../../../server/internal-api/gundeck.js';
import {
  clientRemovedEndpoint,
  consumableEndpoint,
  pushEndpoint,
} from '../../../server/internal-api/gundeck.js';
import { createHash } from 'node:crypto';

/** What brig calls when it is tested without the other services: it keeps what it is told. */
export interface Peers {
  readonly url: string;
  readonly pushes: z.output<typeof push>[];
  /** Calls other than pushes, as `accept <conversation> <user>`. */
  readonly calls: string[];
  /** The types of the events that a user was told, oldest first. */
  typesFor(user: string): string[];
  stop(): void;
}

/** Starts galley's and gundeck's internal endpoints on one port of the loopback. */
export async function startPeers(): Promise<Peers> {
  const pushes: z.output<typeof push>[] = [];
  const calls: string[] = [];
  const done = (call: string) => {
    calls.push(call);
    return { status: 200 as const };
  };
  const routes = [
    route(pushEndpoint, ({ body }) => {
      pushes.push(...body);
      return { status: 200 };
    }),
    route(clientRemovedEndpoint, ({ params }) => done(`removed ${params.client}`)),
    route(consumableEndpoint, ({ params }) => done(`consumable ${params.client}`)),
    route(selfConversationEndpoint, ({ params }) => done(`self ${params.user}`)),
    route(connectEndpoint, ({ body }) => {
      const conversation = conversationOf([body.from, body.to]);
      calls.push(`connect ${conversation}`);
      return { status: 200, body: { conversation } };
    }),
    route(acceptEndpoint, ({ params, body }) => done(`accept ${params.conversation} ${body.user}`)),
    route(blockEndpoint, ({ params, body }) => done(`block ${params.conversation} ${body.user}`)),
  ];
  const log = pino({ level: process.env['WIRE_TEST_LOG'] ?? 'silent', name: 'peers' });
  const handle = makeRouter({ routes, log, metrics: makeMetrics(), checkResponses: true });
  const server = await listen({
    host: '127.0.0.1',
    port: 0,
    route: handle,
    onError: (error) => {
      log.error({ err: error });
    },
  });
  return {
    url: `http://127.0.0.1:${String(server.port)}`,
    pushes,
    calls,
    typesFor: (user) =>
      pushes
        .filter(({ recipients }) => recipients.some((recipient) => recipient.user === user))
        .flatMap(({ payload }) => payload.map(({ type }) => type)),
    stop: () => {
      server.close();
      server.destroy();
    },
  };
}

function conversationOf(users: readonly string[]): string {
  const hex = createHash('sha256')
    .update([...users].sort().join())
    .digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

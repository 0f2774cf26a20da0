import { route, type Route } from '../../../http/route.js';
import {
  clientRemovedEndpoint,
  consumableEndpoint,
  pushEndpoint,
  writerEndpoint,
} from '../../../internal-api/gundeck.js';
import type { Pusher } from '../pusher.js';
import type { Queues } from '../queues.js';

/** What other services ask. */
export function pushRoutes(pusher: Pusher, queues: Queues): readonly Route[] {
  return [
    route(pushEndpoint, async ({ body, context }) => ({
      status: (await pusher.push(body, context)) ? 200 : 413,
    })),
    route(writerEndpoint, async ({ body }) => {
      const isStored = await pusher.write(body);
      if (isStored === undefined) return { status: 409 };
      return { status: isStored ? 200 : 413 };
    }),
    route(consumableEndpoint, async ({ params }) => {
      await queues.start(params);
      return { status: 200 };
    }),
    route(clientRemovedEndpoint, async ({ params }) => {
      await queues.end(params);
      return { status: 200 };
    }),
  ];
}

import { Unavailable } from '../../../http/api-error.js';
import { route, type Route } from '../../../http/route.js';
import {
  ackedEndpoint,
  presencesEndpoint,
  presencesGoneEndpoint,
  readLogEndpoint,
  resumeEndpoint,
  type PresentSocket,
} from '../../../internal-api/gundeck-sockets.js';
import type { Logger } from '../../../log/logger.js';
import type { Cannons } from '../cannons.js';
import type { LogHeads } from '../log-heads.js';
import { endOfTime, type LogReader } from '../log-reader.js';
import type { Presence, Presences } from '../presences.js';
import type { Queues } from '../queues.js';

export interface SocketParts {
  readonly presences: Presences;
  readonly cannons: Cannons;
  readonly heads: LogHeads;
  readonly reader: LogReader;
  readonly queues: Queues;
}

/** A cannon reads on in steps. */
const stepSize = 200;

/** What cannons ask. */
export function socketRoutes(parts: SocketParts): readonly Route[] {
  const { presences, reader, queues } = parts;
  return [
    tellRoute(parts),
    route(presencesGoneEndpoint, async ({ body, context }) => {
      await unlessRedisIsAway(() => presences.forget(body), context.log);
      return { status: 200 };
    }),
    route(readLogEndpoint, async ({ params: { user }, query: { after, client } }) => {
      const range = { user, client, after, until: endOfTime, size: stepSize };
      const { notifications, ...page } = await reader.read(range);
      return { status: 200, body: { ...page, notifications: [...notifications] } };
    }),
    route(ackedEndpoint, async ({ params, body: { id } }) => {
      await queues.keep(params, id);
      return { status: 200 };
    }),
    route(resumeEndpoint, async ({ params }) => ({
      status: 200,
      body: { acked: await queues.resume(params) },
    })),
  ];
}

function tellRoute(parts: SocketParts): Route {
  const { presences, cannons } = parts;
  return route(presencesEndpoint, async ({ body: { cannonUrl, sockets }, context }) => {
    await cannons.tell(cannonUrl);
    const told = sockets.map(({ user, socket, client }): Presence => ({
      user,
      socket,
      client,
      cannonUrl,
    }));
    const complete = await unlessRedisIsAway(() => presences.tell(told), context.log);
    // Only now: what is stored after this is delivered by presence, what was stored before is in the log.
    const states = await Promise.all(sockets.map((socket) => stateOf(parts, socket)));
    return { status: 200, body: { complete, states } };
  });
}

async function stateOf({ heads, queues }: SocketParts, { user, client, kind }: PresentSocket) {
  const before = await heads.read(user);
  if (client === undefined) return { newest: before.last };
  const startsHere = kind === 'events' && !before.queues.has(client);
  if (startsHere) await queues.start({ user, client });
  const head = startsHere ? await heads.read(user) : before;
  const queue = await queues.state({ user, client }, head);
  return { newest: head.last, ...(queue !== undefined && { queue }) };
}

/** False where Redis is away: it is no part of what must not be lost. */
async function unlessRedisIsAway(work: () => Promise<void>, log: Logger): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.debug({ err: error }, 'Redis is away');
    return false;
  }
}

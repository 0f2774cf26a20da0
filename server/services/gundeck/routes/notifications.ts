import { z } from 'zod';
import { event } from '../../../api/event.js';
import { startOfTime } from '../../../api/time-uuid.js';
import { timeText, type Clock } from '../../../clock.js';
import { ApiError } from '../../../http/api-error.js';
import { route, type Route } from '../../../http/route.js';
import {
  getLastNotification,
  getNotification,
  getNotifications,
  getTime,
  notificationsNotFound,
} from '../endpoints/notifications.js';
import type { LogHeads } from '../log-heads.js';
import { endOfTime, type LogReader, type Notification } from '../log-reader.js';

export interface NotificationParts {
  readonly reader: LogReader;
  readonly heads: LogHeads;
  readonly clock: Clock;
}

const defaultSize = 1_000;

/** What clients fetch. */
export function notificationRoutes(parts: NotificationParts): readonly Route[] {
  const { reader, clock } = parts;
  return [
    getPage(parts),
    route(getLastNotification, async ({ identity, query: { client } }) => {
      const until = await lastLegacyId(parts, identity.user, client);
      return found(await reader.newest(identity.user, { client, until }));
    }),
    route(getNotification, async ({ identity, params, query: { client } }) =>
      found(await reader.one(identity.user, { id: params.id, client })),
    ),
    route(getTime, () => ({ status: 200, body: { time: timeText(clock.nowMs()) } })),
  ];
}

function getPage(parts: NotificationParts): Route {
  const { reader, clock } = parts;
  return route(getNotifications, async ({ identity: { user }, query }) => {
    const { client, since, size = defaultSize } = query;
    if (since !== undefined && (await reader.one(user, { id: since, client })) === undefined)
      throw new ApiError(notificationsNotFound);
    const until = await lastLegacyId(parts, user, client);
    const range = { user, client, after: since ?? startOfTime, until, size };
    const { notifications, more } = await reader.read(range);
    const body = {
      notifications: notifications.map(toBody),
      has_more: more,
      time: timeText(clock.nowMs()),
    };
    return { status: 200, body };
  });
}

/** What comes after the start of a client's queue is in the queue only. */
async function lastLegacyId(
  { heads }: NotificationParts,
  user: string,
  client: string | undefined,
): Promise<string> {
  if (client === undefined) return endOfTime;
  return (await heads.read(user)).queues.get(client) ?? endOfTime;
}

const events = z.array(event);

function toBody({ id, payload }: Notification) {
  return { id, payload: events.parse(JSON.parse(payload)) };
}

function found(notification: Notification | undefined) {
  if (notification === undefined) throw new ApiError(notificationsNotFound);
  return { status: 200 as const, body: toBody(notification) };
}

import { z } from 'zod';
import { event } from '../../../api/event.js';
import { clientId, time } from '../../../api/ids.js';
import { isTimeUuid } from '../../../api/time-uuid.js';
import type { ErrorSpec } from '../../../http/api-error.js';
import { endpoint } from '../../../http/endpoint.js';
import { json } from '../../../http/payload.js';

/** The client knows a notification that has ended, or never was: it fetches from the start. Source: backend-api 3.8. */
export const notificationsNotFound: ErrorSpec = {
  status: 404,
  label: 'not-found',
  message: 'Some notifications not found',
};

const notificationId = z.string().toLowerCase().refine(isTimeUuid, 'Invalid notification id');

const notification = z.object({ id: z.string(), payload: z.array(event) });

const client = clientId.optional();

/** `size` is 100 to 10,000. */
const size = z
  .string()
  .regex(/^[0-9]{1,5}$/, 'expected a number')
  .transform(Number)
  .refine((number) => number >= 100 && number <= 10_000, 'expected 100 to 10000')
  .optional();

/** Source: backend-api 3.8. */
export const getNotifications = endpoint({
  method: 'get',
  path: '/notifications',
  summary: 'The notifications of the user, oldest first',
  auth: 'user',
  query: z.object({ client, since: notificationId.optional(), size }),
  replies: {
    200: json(z.object({ notifications: z.array(notification), has_more: z.boolean(), time })),
  },
  errors: [notificationsNotFound],
});

export const getLastNotification = endpoint({
  method: 'get',
  path: '/notifications/last',
  summary: 'The newest notification that the client may see',
  auth: 'user',
  query: z.object({ client }),
  replies: { 200: json(notification) },
  errors: [notificationsNotFound],
});

export const getNotification = endpoint({
  method: 'get',
  path: '/notifications/:id',
  summary: 'One notification',
  auth: 'user',
  params: z.object({ id: notificationId }),
  query: z.object({ client }),
  replies: { 200: json(notification) },
  errors: [notificationsNotFound],
});

export const getTime = endpoint({
  method: 'get',
  path: '/time',
  summary: 'The time of the backend',
  auth: 'user',
  since: 9,
  replies: { 200: json(z.object({ time })) },
});

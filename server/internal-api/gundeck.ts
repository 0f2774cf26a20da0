import { z } from 'zod';
import { event } from '../api/event.js';
import { clientId, uuid } from '../api/ids.js';
import { endpoint } from '../http/endpoint.js';
import { empty, jsonBody } from '../http/payload.js';

/** Who gets a push: all clients of a user, or some. */
const recipient = z.object({
  user: uuid,
  clients: z.union([z.literal('all'), z.array(clientId).min(1)]),
});

/** One notification for some recipients. A user gets the pushes of a call in the order that they have in it. */
export const push = z.object({
  recipients: z.array(recipient),
  /** The user who caused it. */
  origin: uuid.optional(),
  /** The connection that caused it: its socket is passed over, the stored notification is not. */
  originConnection: z.string().max(64).optional(),
  payload: z.array(event).min(1),
  /** Not stored: who is not connected misses it. */
  transient: z.boolean().optional(),
});

export type Push = z.output<typeof push>;

/** A push of 40 MiB of ciphertext for many, in base64. */
const pushLimitBytes = 64 * 1024 * 1024;

/**
 * Answers once every notification that is not transient is stored; the delivery goes on after that. Where it does not
 * answer 200, some of it may be stored all the same.
 */
export const pushEndpoint = endpoint({
  method: 'post',
  path: '/i/push/v2',
  summary: 'Store notifications and deliver them',
  auth: 'internal',
  body: jsonBody(z.array(push), pushLimitBytes),
  replies: {
    200: empty('Stored'),
    413: empty('The payload of one notification is larger than 8 MiB: nothing is stored'),
  },
});

/** The same, from one gundeck to the one that writes the logs. */
export const writerEndpoint = endpoint({
  ...pushEndpoint,
  path: '/i/push/writer',
  summary: 'Store notifications, as the one that writes the logs',
  replies: {
    ...pushEndpoint.replies,
    409: empty('Another gundeck writes the logs: nothing is stored'),
  },
});

/** Forgets a client: its queue. What is stored for its user ends by itself. */
export const clientRemovedEndpoint = endpoint({
  method: 'delete',
  path: '/i/clients/:user/:client',
  summary: 'Forget a client',
  auth: 'internal',
  params: z.object({ user: uuid, client: clientId }),
  replies: { 200: empty() },
});

/**
 * From now on, events for the client go to its queue (`/vN/events`) and no longer to the legacy stream. Doing it again
 * changes nothing.
 */
export const consumableEndpoint = endpoint({
  method: 'put',
  path: '/i/clients/:user/:client/consumable',
  summary: 'Start the queue of a client',
  auth: 'internal',
  params: z.object({ user: uuid, client: clientId }),
  replies: { 200: empty() },
});

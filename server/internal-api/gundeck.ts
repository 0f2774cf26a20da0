import { z } from 'zod';
import { event } from '../api/event.js';
import { clientId, uuid } from '../api/ids.js';
import { endpoint } from '../http/endpoint.js';
import { empty, jsonBody } from '../http/payload.js';

/** Who gets a push: all clients of a user, or some. */
const recipient = z.object({
  user: uuid,
  clients: z.union([z.literal('all'), z.array(clientId)]),
});

/** One notification for some recipients. */
export const push = z.object({
  recipients: z.array(recipient),
  /** The user who caused it. */
  origin: uuid.optional(),
  /** The connection that caused it: its socket is passed over, the stored notification is not. */
  originConnection: z.string().optional(),
  payload: z.array(event).min(1),
  /** Not stored: who is not connected misses it. */
  transient: z.boolean().default(false),
  nativePush: z.boolean().default(true),
  nativePriority: z.enum(['low', 'high']).default('high'),
});

export type Push = z.input<typeof push>;

/** A push of 40 MiB of ciphertext for many, in base64. */
const pushLimitBytes = 64 * 1024 * 1024;

/** Answers once every notification that is not transient is stored; the delivery goes on after that. */
export const pushEndpoint = endpoint({
  method: 'post',
  path: '/i/push/v2',
  summary: 'Store notifications and deliver them',
  auth: 'internal',
  body: jsonBody(z.array(push), pushLimitBytes),
  replies: { 200: empty('Stored') },
});

/** Forgets a client: its presences, its push tokens, its queue. */
export const clientRemovedEndpoint = endpoint({
  method: 'delete',
  path: '/i/clients/:user/:client',
  summary: 'Forget a client',
  auth: 'internal',
  params: z.object({ user: uuid, client: clientId }),
  replies: { 200: empty() },
});

/** From now on, events for the client go to its queue (`/vN/events`) and no longer to the legacy stream. */
export const consumableEndpoint = endpoint({
  method: 'put',
  path: '/i/clients/:user/:client/consumable',
  summary: 'Start the queue of a client',
  auth: 'internal',
  params: z.object({ user: uuid, client: clientId }),
  replies: { 200: empty() },
});

/** Where a socket is. Source: backend-api 9 (presence). */
const presence = z.object({
  user: uuid,
  connection: z.string().max(64),
  client: clientId.optional(),
  /** The cannon that holds it, as gundeck reaches it. */
  cannonUrl: z.url(),
});

/** A cannon tells again every 30 s; a presence that is not told again ends by itself. */
export const presencesEndpoint = endpoint({
  method: 'post',
  path: '/i/presences',
  summary: 'Tell where sockets are',
  auth: 'internal',
  body: jsonBody(z.array(presence), 8 * 1024 * 1024),
  replies: { 200: empty() },
});

/** A socket is gone. */
export const presenceGoneEndpoint = endpoint({
  method: 'delete',
  path: '/i/presences/:user/:connection',
  summary: 'Forget a socket',
  auth: 'internal',
  params: z.object({ user: uuid, connection: z.string().max(64) }),
  replies: { 200: empty() },
});

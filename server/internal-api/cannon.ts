import { z } from 'zod';
import { event } from '../api/event.js';
import { uuid } from '../api/ids.js';
import { endpoint } from '../http/endpoint.js';
import { json, jsonBody } from '../http/payload.js';

/** A notification as sockets carry it. */
const notification = z.object({
  id: z.string(),
  payload: z.array(event),
  transient: z.boolean().optional(),
});

/** One notification for some sockets of this cannon; `connection` undefined means every socket of the user. */
const delivery = z.object({
  notification,
  targets: z.array(
    z.object({
      user: uuid,
      connection: z.string().optional(),
      /** Only sockets of these clients, where it says which; sockets without a client get all. */
      clients: z.array(z.string()).optional(),
      /** The connection that caused it: it gets nothing. */
      except: z.string().optional(),
    }),
  ),
});

/** Answers which targets were not here, so that their presences go. */
export const deliverEndpoint = endpoint({
  method: 'post',
  path: '/i/bulkpush',
  summary: 'Hand notifications to sockets',
  auth: 'internal',
  body: jsonBody(z.array(delivery), 64 * 1024 * 1024),
  replies: {
    200: json(
      z.object({ gone: z.array(z.object({ user: uuid, connection: z.string() })) }),
      'Which connections this cannon does not hold',
    ),
  },
});

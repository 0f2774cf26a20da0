import { z } from 'zod';
import { uuid } from '../api/ids.js';
import { endpoint } from '../http/endpoint.js';
import { json, jsonBody } from '../http/payload.js';

/** A user whom a notification is for. */
const target = z.object({
  user: uuid,
  /** The notification's id in the user's log. */
  id: z.string(),
  /** The id before it in the log: a socket that has not passed that one missed something and fetches it first. */
  previous: z.string().optional(),
  /** Only sockets of these clients, where it says which; sockets without a client get all. */
  clients: z.array(z.string()),
  /** The connection that caused it: it gets nothing. */
  except: z.string().optional(),
  /** Where gundeck thinks that the user has sockets here. */
  sockets: z.array(z.string()),
});

/** One notification for users with sockets at this cannon. */
const delivery = z.object({
  /** JSON text of the events. Absent where gundeck thinks that no socket here wants it; the log moves on all the same. */
  payload: z.string().optional(),
  /** Not in the log. */
  transient: z.boolean(),
  targets: z.array(target),
});

export type Target = z.output<typeof target>;
export type Delivery = z.output<typeof delivery>;

const limitBytes = 64 * 1024 * 1024;

/** Answers which sockets are not here, so that their presences go. */
export const deliverEndpoint = endpoint({
  method: 'post',
  path: '/i/bulkpush',
  summary: 'Hand notifications to sockets',
  auth: 'internal',
  body: jsonBody(z.array(delivery), limitBytes),
  replies: {
    200: json(
      z.object({ gone: z.array(z.object({ user: uuid, socket: z.string() })) }),
      'Which sockets this cannon does not hold',
    ),
  },
});

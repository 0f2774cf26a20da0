import { z } from 'zod';
import { clientId, uuid } from '../api/ids.js';
import { isTimeUuid } from '../api/time-uuid.js';
import { endpoint } from '../http/endpoint.js';
import { empty, json, jsonBody } from '../http/payload.js';

const position = z.string().refine(isTimeUuid, 'Invalid position');

/** `await`: the legacy socket, which follows the user's log from now on. `events`: the one with a queue. */
const socketKind = z.enum(['await', 'events']);

const socket = z.object({
  user: uuid,
  /** Made by its cannon, never used again. */
  socket: z.string().max(64),
  client: clientId.optional(),
  kind: socketKind,
});

export type PresentSocket = z.output<typeof socket>;

/** Where the client's queue stands. */
const queueState = z.object({
  /** Everything up to it was acknowledged. */
  acked: z.string(),
  /** Something after it has ended before the client got it. */
  missed: z.boolean(),
});

const bodyBytes = 8 * 1024 * 1024;

/** Tells gundeck where sockets are. A cannon tells again every 30 s; a presence that is not told again ends by itself. */
export const presencesEndpoint = endpoint({
  method: 'post',
  path: '/i/presences',
  summary: 'Tell where sockets are',
  auth: 'internal',
  body: jsonBody(
    z.object({
      /** As gundeck reaches it. */
      cannonUrl: z.url(),
      sockets: z.array(socket).max(1_000),
    }),
    bodyBytes,
  ),
  replies: {
    200: json(
      z.object({
        /** False where Redis did not take them: tell again soon. */
        complete: z.boolean(),
        /** In the order of the sockets. */
        states: z.array(
          z.object({
            /** The newest id in the user's log. */
            newest: z.string(),
            /** Where the client has one. */
            queue: queueState.optional(),
          }),
        ),
      }),
    ),
  },
});

/** Sockets are gone. */
export const presencesGoneEndpoint = endpoint({
  method: 'post',
  path: '/i/presences/gone',
  summary: 'Forget sockets',
  auth: 'internal',
  body: jsonBody(z.array(z.object({ user: uuid, socket: z.string().max(64) })), bodyBytes),
  replies: { 200: empty() },
});

/** Reads a user's log after a position, as one client sees it. */
export const readLogEndpoint = endpoint({
  method: 'get',
  path: '/i/notifications/:user',
  summary: 'Read on in the log of a user',
  auth: 'internal',
  params: z.object({ user: uuid }),
  query: z.object({ after: position, client: clientId.optional() }),
  replies: {
    200: json(
      z.object({
        notifications: z.array(
          z.object({
            id: z.string(),
            /** JSON text of the events. */
            payload: z.string(),
            except: z.string().optional(),
          }),
        ),
        /** Up to where it was read; beyond the last notification where others are not for the client. */
        position: z.string(),
        more: z.boolean(),
      }),
    ),
  },
});

const queueParams = z.object({ user: uuid, client: clientId });

/** Keeps how far a client has acknowledged. */
export const ackedEndpoint = endpoint({
  method: 'put',
  path: '/i/queues/:user/:client/acked',
  summary: 'Keep how far a client has acknowledged',
  auth: 'internal',
  params: queueParams,
  body: jsonBody(z.object({ id: position })),
  replies: { 200: empty() },
});

/** The client knows that it missed something: its queue goes on with what there is. */
export const resumeEndpoint = endpoint({
  method: 'post',
  path: '/i/queues/:user/:client/resume',
  summary: 'Go on after what was missed',
  auth: 'internal',
  params: queueParams,
  replies: { 200: json(z.object({ acked: z.string() })) },
});

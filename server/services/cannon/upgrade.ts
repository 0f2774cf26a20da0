import { z } from 'zod';
import { clientId } from '../../api/ids.js';
import { ApiError, Unavailable } from '../../http/api-error.js';
import { badRequest, noEndpoint, unauthorized, unavailable } from '../../http/common-errors.js';
import { encodeError } from '../../http/encode.js';
import type { RequestHead, Response } from '../../http/uws-head.js';
import type { SocketUpgrade } from '../../http/uws-sockets.js';
import { isSupportedVersion, splitVersion } from '../../http/versions.js';
import { AwaitSession } from './await-session.js';
import { EventsSession } from './events-session.js';
import type { Session, SessionOwner, SessionTools } from './session.js';
import type { Sockets } from './sockets.js';
import type { Teller } from './teller.js';

export interface UpgradeParts {
  readonly sockets: Sockets;
  readonly teller: Teller;
  readonly tools: SessionTools;
  readonly isEnding: () => boolean;
}

/** From nginz, for a verified access token. */
const identity = z.object({
  user: z.uuid().toLowerCase(),
  // Tokens that name no connection come with an empty one.
  connection: z
    .string()
    .max(64)
    .optional()
    .transform((text) => (text === '' ? undefined : text)),
});

const search = z.object({ client: clientId.optional(), sync_marker: z.uuid().optional() });

/** Opens sockets: `/await`, `/websocket` and `/vN/events`. Source: backend-api 3.9, 5.2. */
export function socketUpgrade(parts: UpgradeParts): SocketUpgrade {
  return async (head) => {
    try {
      if (parts.isEnding()) throw new ApiError(unavailable);
      return await open(sessionOf(head, parts.tools), parts);
    } catch (error) {
      return refusal(error);
    }
  };
}

/** The socket opens only once gundeck knows of it: from then on nothing is missed. */
async function open(session: Session, { sockets, teller }: UpgradeParts): Promise<Session> {
  sockets.add(session);
  try {
    session.prepare(await teller.opens(session));
    if (!session.ended) return session;
    // A newer one of the same connection came meanwhile, or the cannon ends.
    teller.closed(session);
    throw new ApiError(unavailable);
  } catch (error) {
    session.end(1011, 'gundeck is away');
    throw error;
  }
}

function sessionOf(head: RequestHead, tools: SessionTools): Session {
  const kind = kindOf(head.path);
  const who = identity.safeParse({
    user: head.headers.get('z-user'),
    connection: head.headers.get('z-connection'),
  });
  if (!who.success) throw new ApiError(unauthorized, { cause: who.error });
  const asked = search.safeParse(Object.fromEntries(new URLSearchParams(head.query)));
  if (!asked.success) {
    const [issue] = asked.error.issues;
    const message = `[query] '${issue?.path.join('.') ?? ''}' invalid: ${issue?.message ?? ''}`;
    throw new ApiError(badRequest, { message, cause: asked.error });
  }
  const { user, connection } = who.data;
  const owner: SessionOwner = { user, connection, client: asked.data.client, kind };
  return kind === 'await'
    ? new AwaitSession(owner, tools)
    : new EventsSession(owner, tools, asked.data.sync_marker);
}

function kindOf(fullPath: string): SessionOwner['kind'] {
  const { version, path } = splitVersion(fullPath);
  const isKnown = version !== undefined && isSupportedVersion(version);
  if ((path === '/await' || path === '/websocket') && (version === undefined || isKnown))
    return 'await';
  if (path === '/events' && isKnown) return 'events';
  throw new ApiError(noEndpoint);
}

function refusal(error: unknown): Response {
  if (error instanceof ApiError) return encodeError(error);
  if (error instanceof Unavailable) return encodeError(new ApiError(unavailable, { cause: error }));
  throw error;
}

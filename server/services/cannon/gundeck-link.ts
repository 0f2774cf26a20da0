import { randomUUID } from 'node:crypto';
import { internalClient } from '../../http/internal-client.js';
import {
  ackedEndpoint,
  presencesEndpoint,
  presencesGoneEndpoint,
  readLogEndpoint,
  resumeEndpoint,
  type PresentSocket,
} from '../../internal-api/gundeck-sockets.js';

/** A notification of a log, as one client sees it. */
export interface ReadNotification {
  readonly id: string;
  /** JSON text of the events. */
  readonly payload: string;
  readonly except?: string | undefined;
}

/** Where a socket's user and client stand. */
export interface SocketState {
  readonly newest: string;
  readonly queue?: { readonly acked: string; readonly missed: boolean } | undefined;
}

/** The user and client behind a socket. */
export interface Owner {
  readonly user: string;
  readonly client: string | undefined;
}

/** What this cannon asks of gundeck. Every method rejects with {@link Unavailable} where gundeck is away. */
export type GundeckLink = ReturnType<typeof gundeckLink>;

/** A link for the replica that gundeck reaches at `cannonUrl`. */
export function gundeckLink(where: { readonly gundeckUrl: string; readonly cannonUrl: string }) {
  const client = internalClient({ service: 'gundeck', baseUrl: where.gundeckUrl });
  const cause = () => ({ requestId: randomUUID() });
  return {
    /** Tells where sockets are; the answer has their states in the same order. */
    async tell(sockets: readonly PresentSocket[]) {
      const body = { cannonUrl: where.cannonUrl, sockets: [...sockets] };
      return (await client.call(presencesEndpoint, { body }, cause())).body;
    },
    async gone(sockets: readonly { readonly user: string; readonly socket: string }[]) {
      await client.call(presencesGoneEndpoint, { body: [...sockets] }, cause());
    },
    /** Reads on in the log of a user. */
    async read({ user, client: seenBy }: Owner, after: string) {
      const query = { after, ...(seenBy !== undefined && { client: seenBy }) };
      return (await client.call(readLogEndpoint, { params: { user }, query }, cause())).body;
    },
    async acked(params: { readonly user: string; readonly client: string }, id: string) {
      await client.call(ackedEndpoint, { params: { ...params }, body: { id } }, cause());
    },
    async resume(params: { readonly user: string; readonly client: string }) {
      return (await client.call(resumeEndpoint, { params: { ...params } }, cause())).body.acked;
    },
    close: () => client.close(),
  };
}

import { route, type Route } from '../../../http/route.js';
import { deliverEndpoint, type Delivery, type Target } from '../../../internal-api/cannon.js';
import type { Session } from '../session.js';
import type { Sockets } from '../sockets.js';

/** What gundeck hands to sockets. */
export function deliverRoutes(sockets: Sockets): readonly Route[] {
  return [
    route(deliverEndpoint, ({ body }) => {
      const gone: { user: string; socket: string }[] = [];
      for (const delivery of body)
        for (const target of delivery.targets) {
          for (const session of sockets.of(target.user)) hand(session, { delivery, target });
          const { user } = target;
          for (const socket of target.sockets)
            if (!sockets.has(user, socket)) gone.push({ user, socket });
        }
      return { status: 200, body: { gone } };
    }),
  ];
}

interface Handed {
  readonly delivery: Delivery;
  readonly target: Target;
}

function hand(session: Session, { delivery, target }: Handed): void {
  const { payload, transient } = delivery;
  const { id, previous, clients, except } = target;
  if (!transient && previous !== undefined)
    session.offer({ id, previous, clients, except, payload });
  else if (payload !== undefined && isFor(session, target)) session.takeTransient({ id, payload });
}

function isFor({ owner }: Session, { clients, except }: Target): boolean {
  const { client, connection } = owner;
  const isMine = client === undefined || clients.length === 0 || clients.includes(client);
  return isMine && (except === undefined || except !== connection);
}

import { ApiError } from '../../http/api-error.js';
import type { CallCause, InternalClient } from '../../http/internal-client.js';
import {
  connectedEndpoint,
  contactsEndpoint,
  listClientsEndpoint,
} from '../../internal-api/brig.js';
import { notConnected } from './endpoints/errors.js';

/** What brig knows of users. Every method rejects with {@link Unavailable} where brig is away. */
export interface People {
  /** The clients of each of some users. */
  clientsOf(
    users: readonly string[],
    cause: CallCause,
  ): Promise<ReadonlyMap<string, ReadonlySet<string>>>;
  /** All that a user is connected with. */
  contactsOf(user: string, cause: CallCause): Promise<readonly string[]>;
  /** @throws {ApiError} not-connected where a user is not connected with all of some others. */
  requireConnected(user: string, others: readonly string[], cause: CallCause): Promise<void>;
}

/** Asks brig through a client of it. */
export function peopleOf(brig: InternalClient): People {
  return {
    async clientsOf(users, cause) {
      const { body } = await brig.call(listClientsEndpoint, { body: { users: [...users] } }, cause);
      const found = new Map(Object.entries(body.clients));
      return new Map(
        users.map((user) => [user, new Set((found.get(user) ?? []).map(({ id }) => id))]),
      );
    },
    async contactsOf(user, cause) {
      const { body } = await brig.call(contactsEndpoint, { params: { user } }, cause);
      return body.users;
    },
    async requireConnected(user, others, cause) {
      if (others.length === 0) return;
      const input = { params: { user }, body: { users: [...others] } };
      const { body } = await brig.call(connectedEndpoint, input, cause);
      const connected = new Set(body.users);
      if (!others.every((other) => connected.has(other))) throw new ApiError(notConnected);
    },
  };
}

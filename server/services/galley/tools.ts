import type { Clock } from '../../clock.js';
import { ApiError } from '../../http/api-error.js';
import type { CallContext, Identity } from '../../http/endpoint.js';
import type { Announcer } from './announcer.js';
import type { ConversationStore } from './conversations/conversation-store.js';
import { federationNotEnabled } from './endpoints/errors.js';
import type { People } from './people.js';

/** What galley works with. */
export interface GalleyTools {
  /** The backend's own domain. */
  readonly domain: string;
  readonly clock: Clock;
  readonly store: ConversationStore;
  readonly people: People;
  readonly announcer: Announcer;
}

/** Who does something, and the request with which they do it. */
export interface Act {
  readonly identity: Pick<Identity, 'user' | 'connection'>;
  readonly context: Pick<CallContext, 'requestId'>;
}

/** @throws {ApiError} federation-not-enabled for the domain of another backend. */
export function requireLocal({ domain }: Pick<GalleyTools, 'domain'>, given: string): void {
  if (given !== domain) throw new ApiError(federationNotEnabled);
}

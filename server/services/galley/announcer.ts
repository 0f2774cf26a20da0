import { ApiError } from '../../http/api-error.js';
import { bodyTooLarge } from '../../http/common-errors.js';
import type { CallCause, InternalClient } from '../../http/internal-client.js';
import { pushEndpoint, type Push } from '../../internal-api/gundeck.js';

/** Pushes go out in calls of about this size, far below what gundeck takes. */
const callBytes = 16 * 1024 * 1024;

/** Hands events to gundeck. */
export interface Announcer {
  /**
   * Ends once gundeck has stored them all; a user gets them in their order. They are taken as they are needed, so that
   * no more than one call's worth is in memory.
   *
   * @throws {Unavailable} where gundeck is away: some may be stored all the same.
   * @throws {ApiError} 413 where one is too large.
   */
  push(pushes: Iterable<Push>, cause: CallCause): Promise<void>;
}

/** Announces through a client of gundeck. */
export function announcer(gundeck: InternalClient): Announcer {
  const send = async (body: Push[], cause: CallCause) => {
    const { status } = await gundeck.call(pushEndpoint, { body }, cause);
    if (status === 413) throw new ApiError(bodyTooLarge);
  };
  return {
    async push(pushes, cause) {
      let [waiting, sizeBytes]: [Push[], number] = [[], 0];
      for (const push of pushes) {
        if (push.recipients.length === 0) continue;
        const pushBytes = JSON.stringify(push).length;
        if (waiting.length > 0 && sizeBytes + pushBytes > callBytes) {
          await send(waiting, cause);
          [waiting, sizeBytes] = [[], 0];
        }
        waiting.push(push);
        sizeBytes += pushBytes;
      }
      if (waiting.length > 0) await send(waiting, cause);
    },
  };
}

import { setTimeout as pause } from 'node:timers/promises';
import { ApiError, Unavailable } from '../../http/api-error.js';
import { bodyTooLarge } from '../../http/common-errors.js';
import type { CallCause, InternalClient } from '../../http/internal-client.js';
import { pushEndpoint, type Push } from '../../internal-api/gundeck.js';

/** Pushes go out in calls of about this size, far below what gundeck takes. */
const callBytes = 16 * 1024 * 1024;

const attempts = 3;
const pauseMs = 200;

/** Hands events to gundeck. */
export interface Announcer {
  /**
   * Ends once gundeck has stored them all; a user gets them in their order. They are taken as they are needed, so that
   * no more than one call's worth is in memory. Where gundeck does not answer they are not handed over again: then
   * some may be stored, and who is told that it failed sends them again.
   *
   * @throws {Unavailable} where gundeck is away.
   * @throws {ApiError} 413 where one is too large.
   */
  pushOnce(pushes: Iterable<Push>, cause: CallCause): Promise<void>;
  /** As above, with some attempts: for what has happened whether it is told or not, and may be told twice. */
  push(pushes: Iterable<Push>, cause: CallCause): Promise<void>;
}

/** Announces through a client of gundeck. */
export function announcer(gundeck: InternalClient): Announcer {
  const send: Send = async (body, cause) => {
    const { status } = await gundeck.call(pushEndpoint, { body: [...body] }, cause);
    if (status === 413) throw new ApiError(bodyTooLarge);
  };
  return {
    pushOnce: (pushes, cause) => sendAll(pushes, send, cause),
    push: (pushes, cause) => sendAll(pushes, again(send), cause),
  };
}

type Send = (pushes: readonly Push[], cause: CallCause) => Promise<void>;

async function sendAll(pushes: Iterable<Push>, send: Send, cause: CallCause): Promise<void> {
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
}

function again(send: Send): Send {
  return async (pushes, cause) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await send(pushes, cause);
        return;
      } catch (error) {
        if (!(error instanceof Unavailable) || attempt === attempts) throw error;
      }
      await pause(pauseMs * attempt);
    }
  };
}

import type { ReadNotification } from './gundeck-link.js';

/** A notification on the legacy socket. Source: backend-api 3.9. */
export function legacyFrame({ id, payload }: ReadNotification, transient = false): Buffer {
  const more = transient ? ',"transient":true' : '';
  return Buffer.from(`{"id":"${id}","payload":${payload}${more}}`);
}

/** A notification on the socket with a queue. Source: backend-api 5.2. */
export function eventFrame(tag: number, { id, payload }: ReadNotification): Buffer {
  const event = `{"id":"${id}","payload":${payload}}`;
  return Buffer.from(`{"type":"event","data":{"delivery_tag":${String(tag)},"event":${event}}}`);
}

/** The client's own marker: it has everything that was there when it connected. */
export function markerFrame(tag: number, markerId: string): Buffer {
  const data = { delivery_tag: tag, marker_id: markerId };
  return Buffer.from(JSON.stringify({ type: 'synchronization', data }));
}

/** The client lost something for good. */
export const missedFrame = Buffer.from(JSON.stringify({ type: 'notifications_missed' }));

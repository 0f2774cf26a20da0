import type { ConversationEvent } from '../endpoints/views.js';

type EventReply =
  | { readonly status: 200; readonly body: ConversationEvent }
  | { readonly status: 204; readonly body?: undefined };

/** The answer to a change: its event, or nothing where everything is as it was. */
export function eventReply(event: ConversationEvent | undefined): EventReply {
  return event === undefined ? { status: 204 } : { status: 200, body: event };
}

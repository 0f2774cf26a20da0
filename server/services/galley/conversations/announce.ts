import type { Push } from '../../../internal-api/gundeck.js';
import type { ConversationEvent } from '../endpoints/views.js';
import type { Act, GalleyTools } from '../tools.js';
import type { Conversation } from './conversation.js';
import { createEvent, type Happening } from './events.js';
import { viewOf } from './view.js';

/** An event and the users who get it, on all of their clients. */
export interface Announcement {
  readonly event: ConversationEvent;
  readonly to: Iterable<string>;
  /** Only for those who are connected now. */
  readonly transient?: boolean;
}

/** What happens now, in one conversation, by the one who acts. */
export function happeningNow(tools: GalleyTools, act: Act, conversation: string): Happening {
  const { domain, clock } = tools;
  return { domain, conversation, from: act.identity.user, timeMs: clock.nowMs() };
}

/** Tells users what happened, in order. */
export async function announce(
  { announcer }: GalleyTools,
  act: Act,
  announcements: readonly Announcement[],
): Promise<void> {
  const pushes = announcements.map((announcement) => pushOf(act, announcement));
  await announcer.push(pushes, act.context);
}

/** Tells every member of a new conversation of it: each sees their own membership. */
export async function announceCreation(
  tools: GalleyTools,
  act: Act,
  conversation: Conversation,
): Promise<void> {
  const happening = happeningNow(tools, act, conversation.id);
  await tools.announcer.push(creationPushes(conversation, { happening, act }), act.context);
}

function* creationPushes(
  conversation: Conversation,
  { happening, act }: { readonly happening: Happening; readonly act: Act },
): Generator<Push> {
  for (const { user } of conversation.members) {
    const view = viewOf(conversation, { user, domain: happening.domain });
    if (view !== undefined) yield pushOf(act, { event: createEvent(happening, view), to: [user] });
  }
}

function pushOf({ identity }: Act, { event, to, transient }: Announcement): Push {
  const { user, connection } = identity;
  return {
    recipients: [...new Set(to)].map((recipient) => ({ user: recipient, clients: 'all' })),
    origin: user,
    ...(connection !== '' && { originConnection: connection }),
    payload: [event],
    ...(transient === true && { transient }),
  };
}

import { timeText } from '../../../clock.js';
import type { ConversationEvent, ConversationView } from '../endpoints/views.js';
import type { Conversation, ConversationRole, Member } from './conversation.js';
import { legacyAccessRole } from './view.js';

/** What all events that one request causes share. */
export interface Happening {
  readonly domain: string;
  readonly conversation: string;
  readonly from: string;
  readonly timeMs: number;
}

/** An event of a conversation. Source: backend-api 6. */
export function eventOf(happening: Happening, type: string, data: unknown): ConversationEvent {
  const { domain, conversation, from, timeMs } = happening;
  return {
    type: `conversation.${type}`,
    conversation,
    qualified_conversation: { domain, id: conversation },
    from,
    qualified_from: { domain, id: from },
    via: 'user',
    time: timeText(timeMs),
    data,
  };
}

/** A conversation is new to a member. Its access roles have their old form beside the new one. */
export function createEvent(happening: Happening, view: ConversationView): ConversationEvent {
  const data = {
    ...view,
    access_role: legacyAccessRole(view.access_role),
    access_role_v2: view.access_role,
  };
  return eventOf(happening, 'create', data);
}

/** A request to connect, for the one who asked. Source: backend-api 4.1. */
export function connectRequestEvent(
  happening: Happening,
  { recipient, name }: { readonly recipient: string; readonly name: string },
): ConversationEvent {
  return eventOf(happening, 'connect-request', {
    qualified_recipient: { domain: happening.domain, id: recipient },
    recipient,
    message: null,
    name,
    email: null,
  });
}

export function memberJoinEvent(
  happening: Happening,
  joined: readonly Pick<Member, 'user' | 'role'>[],
): ConversationEvent {
  return eventOf(happening, 'member-join', {
    user_ids: joined.map(({ user }) => user),
    users: joined.map(({ user, role }) => ({
      qualified_id: { domain: happening.domain, id: user },
      id: user,
      conversation_role: role,
    })),
    add_type: 'internal_add',
  });
}

export function memberLeaveEvent(happening: Happening, left: readonly string[]): ConversationEvent {
  const isLeaving = left.length === 1 && left[0] === happening.from;
  return eventOf(happening, 'member-leave', {
    user_ids: [...left],
    qualified_user_ids: left.map((id) => ({ domain: happening.domain, id })),
    reason: isLeaving ? 'left' : 'removed',
  });
}

/** A member has another role now. */
export function roleEvent(
  happening: Happening,
  { user, role }: { readonly user: string; readonly role: ConversationRole },
): ConversationEvent {
  return eventOf(happening, 'member-update', {
    target: user,
    qualified_target: { domain: happening.domain, id: user },
    conversation_role: role,
  });
}

export function accessEvent(happening: Happening, conversation: Conversation): ConversationEvent {
  return eventOf(happening, 'access-update', {
    access: conversation.access,
    access_role: legacyAccessRole(conversation.accessRoles),
    access_role_v2: conversation.accessRoles,
  });
}

import type { ConversationView, SelfMemberView } from '../endpoints/views.js';
import {
  conversationTypes,
  memberOf,
  type AccessRole,
  type Conversation,
  type Member,
} from './conversation.js';

const noTime = '1970-01-01T00:00:00.000Z';
const noEvent = '0.0';

/** A conversation as a member of it sees it; undefined for everyone else. */
export function viewOf(
  conversation: Conversation,
  { user, domain }: { readonly user: string; readonly domain: string },
): ConversationView | undefined {
  const self = memberOf(conversation, user);
  if (self === undefined) return undefined;
  const others = conversation.members.filter((member) => member !== self);
  return {
    qualified_id: { domain, id: conversation.id },
    id: conversation.id,
    type: conversationTypes[conversation.type],
    creator: conversation.creator,
    name: conversation.name ?? null,
    team: null,
    access: [...conversation.access],
    access_role: [...conversation.accessRoles],
    message_timer: conversation.messageTimerMs ?? null,
    receipt_mode: conversation.receiptMode ?? null,
    ...(conversation.type === 'group' && { group_conv_type: 'group_conversation' }),
    add_permission: null,
    cells_state: 'disabled',
    parent: null,
    last_event: noEvent,
    last_event_time: noTime,
    protocol: 'proteus',
    members: {
      self: selfViewOf(self, domain),
      others: others.map((member) => ({
        qualified_id: { domain, id: member.user },
        id: member.user,
        conversation_role: member.role,
        status: 0,
      })),
    },
  };
}

/** A membership as the member sees it. */
export function selfViewOf(member: Member, domain: string): SelfMemberView {
  return {
    qualified_id: { domain, id: member.user },
    id: member.user,
    conversation_role: member.role,
    service: null,
    status: 0,
    status_ref: noEvent,
    status_time: noTime,
    otr_muted_status: member.mutedStatus ?? null,
    otr_muted_ref: member.mutedRef ?? null,
    otr_archived: member.archived,
    otr_archived_ref: member.archivedRef ?? null,
    hidden: member.hidden,
    hidden_ref: member.hiddenRef ?? null,
  };
}

/** The one word that stood for a set of access roles in the API's version 2, as events still have it. */
export function legacyAccessRole(roles: readonly AccessRole[]): string {
  if (roles.includes('guest')) return 'non_activated';
  if (roles.includes('non_team_member') || roles.includes('service')) return 'activated';
  return roles.includes('team_member') ? 'team' : 'private';
}

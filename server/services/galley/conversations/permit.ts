import { ApiError } from '../../../http/api-error.js';
import {
  accessDenied,
  invalidOperation,
  noConversation,
  tooManyMembers,
} from '../endpoints/errors.js';
import {
  maxMembers,
  memberOf,
  type Conversation,
  type ConversationType,
  type Member,
} from './conversation.js';
import { requireAction, type ConversationAction } from './roles.js';

/** A conversation and one of its members. */
export interface Membership {
  readonly conversation: Conversation;
  readonly self: Member;
}

/** @throws {ApiError} no-conversation where there is none, or none of theirs. */
export function requireMember(current: Conversation | undefined, user: string): Membership {
  const self = current === undefined ? undefined : memberOf(current, user);
  if (current === undefined || self === undefined) throw new ApiError(noConversation);
  return { conversation: current, self };
}

/** @throws {ApiError} no-conversation where there is none, access-denied where it is not theirs. */
export function requireAccess(current: Conversation | undefined, user: string): Membership {
  if (current === undefined) throw new ApiError(noConversation);
  if (memberOf(current, user) === undefined) throw new ApiError(accessDenied);
  return requireMember(current, user);
}

/** Clients know by the message that a 1:1 conversation cannot be left. Source: backend-api 10. */
const names: Readonly<Record<Exclude<ConversationType, 'group'>, string>> = {
  self: 'self conversation',
  one2one: '1:1 conversations',
  connect: 'connect conversation',
};

/**
 * A member who may do something to a group.
 *
 * @throws {ApiError} no-conversation, invalid-op for what is no group, action-denied.
 */
export function requireGroupAction(
  current: Conversation | undefined,
  user: string,
  action: ConversationAction,
): Membership {
  const membership = requireMember(current, user);
  const { type } = membership.conversation;
  if (type !== 'group')
    throw new ApiError(invalidOperation, { message: `invalid operation for ${names[type]}` });
  requireAction(membership.self, action);
  return membership;
}

/** @throws {ApiError} access-denied where nobody may be invited to the conversation. */
export function requireInvites({ access, accessRoles }: Conversation): void {
  const isOpen = access.includes('invite') && accessRoles.includes('non_team_member');
  if (!isOpen) throw new ApiError(accessDenied);
}

/** @throws {ApiError} too-many-members */
export function requireRoom({ members }: Pick<Conversation, 'members'>): void {
  if (members.length > maxMembers) throw new ApiError(tooManyMembers);
}

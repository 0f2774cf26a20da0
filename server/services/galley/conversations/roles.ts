import { ApiError } from '../../../http/api-error.js';
import { actionDenied } from '../endpoints/errors.js';
import type { ConversationRole, Member } from './conversation.js';

/** What roles allow. */
export const conversationActions = [
  'add_conversation_member',
  'remove_conversation_member',
  'modify_conversation_name',
  'modify_conversation_message_timer',
  'modify_conversation_receipt_mode',
  'modify_conversation_access',
  'modify_other_conversation_member',
  'leave_conversation',
  'delete_conversation',
  'modify_add_permission',
] as const;

export type ConversationAction = (typeof conversationActions)[number];

/** The actions of each role. Source: backend-api 3.6. */
export const actionsOf: Readonly<Record<ConversationRole, readonly ConversationAction[]>> = {
  wire_admin: conversationActions,
  wire_member: ['leave_conversation'],
};

/** @throws {ApiError} action-denied where the member's role does not allow it. */
export function requireAction({ role }: Member, action: ConversationAction): void {
  if (actionsOf[role].includes(action)) return;
  throw new ApiError(actionDenied, {
    message: `Insufficient authorization (missing ${action})`,
  });
}

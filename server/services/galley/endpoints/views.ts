import { z } from 'zod';
import { domain, qualifiedId, time, uuid } from '../../../api/ids.js';
import { accessModes, accessRoles, conversationRoles } from '../conversations/conversation.js';

/** What every member sees of a member. */
const otherMemberView = z.object({
  qualified_id: qualifiedId,
  id: uuid,
  conversation_role: z.enum(conversationRoles),
  status: z.literal(0),
});

/** What only the member sees of their membership. Source: backend-api 3.6. */
export const selfMemberView = z.object({
  qualified_id: qualifiedId,
  id: uuid,
  conversation_role: z.enum(conversationRoles),
  service: z.null(),
  status: z.literal(0),
  status_ref: z.string(),
  status_time: time,
  otr_muted_status: z.int().nullable(),
  otr_muted_ref: z.string().nullable(),
  otr_archived: z.boolean(),
  otr_archived_ref: z.string().nullable(),
  hidden: z.boolean(),
  hidden_ref: z.string().nullable(),
});

export type SelfMemberView = z.output<typeof selfMemberView>;

/** A conversation as one of its members sees it. Source: backend-api 3.6. */
export const conversationView = z.object({
  qualified_id: qualifiedId,
  id: uuid,
  type: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
  creator: uuid,
  name: z.string().nullable(),
  team: z.null(),
  access: z.array(z.enum(accessModes)),
  access_role: z.array(z.enum(accessRoles)),
  message_timer: z.int().nullable(),
  receipt_mode: z.int().nullable(),
  group_conv_type: z.literal('group_conversation').optional(),
  add_permission: z.null(),
  cells_state: z.literal('disabled'),
  parent: z.null(),
  last_event: z.string(),
  last_event_time: time,
  protocol: z.literal('proteus'),
  members: z.object({ self: selfMemberView, others: z.array(otherMemberView) }),
});

export type ConversationView = z.output<typeof conversationView>;

/** Something that happened in a conversation. Source: backend-api 6. */
export const conversationEvent = z.object({
  type: z.string(),
  conversation: uuid,
  qualified_conversation: qualifiedId,
  from: uuid,
  qualified_from: qualifiedId,
  via: z.literal('user'),
  time,
  data: z.unknown(),
});

export type ConversationEvent = z.output<typeof conversationEvent>;

/** Clients by user and domain. */
const clientMap = z.record(domain, z.record(uuid, z.array(z.string())));

/** How the clients that a message was encrypted for differ from those who should get it. Source: backend-api 3.7. */
export const messageStatus = z.object({
  time,
  missing: clientMap,
  redundant: clientMap,
  deleted: clientMap,
  failed_to_send: clientMap,
  failed_to_confirm_clients: clientMap,
});

export type MessageStatus = z.output<typeof messageStatus>;

import { z } from 'zod';
import { qualifiedId, uuid } from '../../../api/ids.js';
import { endpoint } from '../../../http/endpoint.js';
import { json, jsonBody, optionalJsonBody } from '../../../http/payload.js';
import {
  accessDenied,
  federationNotEnabled,
  mlsNotEnabled,
  noConversation,
  noTeamMember,
  notConnected,
  tooManyMembers,
} from './errors.js';
import {
  accessRoleSet,
  accessSet,
  conversationName,
  conversationParams,
  conversationRole,
  messageTimer,
  qualifiedUsers,
  receiptMode,
} from './fields.js';
import { conversationView } from './views.js';

/** Source: backend-api 3.6. */
const newConversation = z.object({
  name: conversationName.nullish(),
  qualified_users: qualifiedUsers.default([]),
  access: accessSet.default(['invite']),
  access_role: accessRoleSet.default(['team_member', 'non_team_member', 'service']),
  conversation_role: conversationRole.default('wire_admin'),
  receipt_mode: receiptMode.optional(),
  message_timer: messageTimer.optional(),
  team: z.object({ teamid: uuid }).nullish(),
  protocol: z.enum(['proteus', 'mls']).default('proteus'),
  group_conv_type: z.literal('group_conversation').default('group_conversation'),
  skip_creator: z.literal(false).default(false),
});

export type NewConversation = z.output<typeof newConversation>;

export const postConversation = endpoint({
  method: 'post',
  path: '/conversations',
  summary: 'Make a group',
  auth: 'user',
  body: jsonBody(newConversation),
  replies: {
    201: json(conversationView.extend({ failed_to_add: z.array(qualifiedId) }), 'Made'),
  },
  errors: [notConnected, tooManyMembers, mlsNotEnabled, noTeamMember, federationNotEnabled],
});

export const getConversation = endpoint({
  method: 'get',
  path: '/conversations/:cnv_domain/:cnv',
  summary: 'A conversation of the user',
  auth: 'user',
  params: conversationParams,
  replies: { 200: json(conversationView) },
  errors: [noConversation, accessDenied, federationNotEnabled],
});

/** Most ids in one page, and most conversations in one request. */
export const maxListed = 1_000;

const page = z.object({
  size: z.int().min(1).max(maxListed).default(maxListed),
  paging_state: z.string().max(1_024).nullish(),
});

export const postListIds = endpoint({
  method: 'post',
  path: '/conversations/list-ids',
  summary: 'The ids of the user’s conversations, in pages',
  auth: 'user',
  body: optionalJsonBody(page),
  replies: {
    200: json(
      z.object({
        qualified_conversations: z.array(qualifiedId),
        has_more: z.boolean(),
        paging_state: z.string(),
      }),
    ),
  },
});

export const postList = endpoint({
  method: 'post',
  path: '/conversations/list',
  summary: 'Conversations of the user by id',
  auth: 'user',
  body: jsonBody(z.object({ qualified_ids: z.array(qualifiedId).min(1).max(maxListed) })),
  replies: {
    200: json(
      z.object({
        found: z.array(conversationView),
        not_found: z.array(qualifiedId),
        failed: z.array(qualifiedId),
      }),
    ),
  },
});

export const postSelfConversation = endpoint({
  method: 'post',
  path: '/conversations/self',
  summary: 'The user’s conversation with themselves',
  auth: 'user',
  replies: { 200: json(conversationView), 201: json(conversationView, 'Made') },
});

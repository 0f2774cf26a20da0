import { z } from 'zod';
import { endpoint } from '../../../http/endpoint.js';
import { empty, json, jsonBody } from '../../../http/payload.js';
import {
  accessDenied,
  actionDenied,
  federationNotEnabled,
  invalidOperation,
  noConversation,
  noConversationMember,
  notConnected,
  tooManyMembers,
} from './errors.js';
import { conversationParams, conversationRole, memberParams, qualifiedUsers } from './fields.js';
import { conversationEvent } from './views.js';

const changeErrors = [noConversation, invalidOperation, actionDenied, federationNotEnabled];
const joinErrors = [accessDenied, notConnected, tooManyMembers];

export const postMembers = endpoint({
  method: 'post',
  path: '/conversations/:cnv_domain/:cnv/members',
  summary: 'Add members to a group',
  auth: 'user',
  params: conversationParams,
  body: jsonBody(
    z.object({
      qualified_users: qualifiedUsers.min(1),
      conversation_role: conversationRole.default('wire_admin'),
    }),
  ),
  replies: { 200: json(conversationEvent, 'Added'), 204: empty('All of them are members') },
  errors: [...changeErrors, ...joinErrors],
});

/** Who asks stays a member, named or not. */
export const putMembers = endpoint({
  method: 'put',
  path: '/conversations/:cnv_domain/:cnv/members',
  summary: 'Replace the members of a group',
  auth: 'user',
  since: 13,
  params: conversationParams,
  body: jsonBody(
    z.object({
      qualified_users: qualifiedUsers,
      conversation_role: conversationRole.default('wire_admin'),
    }),
  ),
  replies: { 200: empty() },
  errors: [...changeErrors, ...joinErrors],
});

export const deleteMember = endpoint({
  method: 'delete',
  path: '/conversations/:cnv_domain/:cnv/members/:usr_domain/:usr',
  summary: 'Remove a member from a group, or leave it',
  auth: 'user',
  params: memberParams,
  replies: { 200: json(conversationEvent, 'Removed'), 204: empty('Not a member') },
  errors: changeErrors,
});

export const putMember = endpoint({
  method: 'put',
  path: '/conversations/:cnv_domain/:cnv/members/:usr_domain/:usr',
  summary: 'Give a member another role',
  auth: 'user',
  params: memberParams,
  body: jsonBody(z.object({ conversation_role: conversationRole })),
  replies: { 200: empty() },
  errors: [...changeErrors, noConversationMember],
});

import { z } from 'zod';
import { uuid } from '../../../api/ids.js';
import { endpoint } from '../../../http/endpoint.js';
import { empty, json, jsonBody } from '../../../http/payload.js';
import { conversationRoles } from '../conversations/conversation.js';
import { conversationActions } from '../conversations/roles.js';
import { accessDenied, federationNotEnabled, noConversation } from './errors.js';
import { conversationParams } from './fields.js';
import { selfMemberView } from './views.js';

const reference = z.string().max(256);
const int32Limit = 2 ** 31;

/** What is left out stays as it is. */
const membershipUpdate = z
  .object({
    otr_muted_status: z
      .int()
      .min(-int32Limit)
      .max(int32Limit - 1)
      .nullish(),
    otr_muted_ref: reference.nullish(),
    otr_archived: z.boolean().nullish(),
    otr_archived_ref: reference.nullish(),
    hidden: z.boolean().nullish(),
    hidden_ref: reference.nullish(),
  })
  .refine(
    (update) => Object.values(update).some((value) => value !== null && value !== undefined),
    {
      message: 'expected one property of the membership at least',
    },
  );

export type MembershipUpdate = z.output<typeof membershipUpdate>;

export const getMembership = endpoint({
  method: 'get',
  path: '/conversations/:cnv_domain/:cnv/self',
  summary: 'The user’s membership',
  auth: 'user',
  params: conversationParams,
  replies: { 200: json(selfMemberView) },
  errors: [noConversation, federationNotEnabled],
});

export const putMembership = endpoint({
  method: 'put',
  path: '/conversations/:cnv_domain/:cnv/self',
  summary: 'Change what only the user sees of their membership',
  auth: 'user',
  params: conversationParams,
  body: jsonBody(membershipUpdate),
  replies: { 200: empty() },
  errors: [noConversation, federationNotEnabled],
});

export const postTyping = endpoint({
  method: 'post',
  path: '/conversations/:cnv_domain/:cnv/typing',
  summary: 'Tell the others that the user types, or no longer does',
  auth: 'user',
  params: conversationParams,
  body: jsonBody(z.object({ status: z.enum(['started', 'stopped']) })),
  replies: { 200: empty() },
  errors: [noConversation, federationNotEnabled],
});

export const getRoles = endpoint({
  method: 'get',
  path: '/conversations/:cnv/roles',
  summary: 'The roles that members may have, with what they allow',
  auth: 'user',
  params: z.object({ cnv: uuid }),
  replies: {
    200: json(
      z.object({
        conversation_roles: z.array(
          z.object({
            conversation_role: z.enum(conversationRoles),
            actions: z.array(z.enum(conversationActions)),
          }),
        ),
      }),
    ),
  },
  errors: [noConversation, accessDenied],
});

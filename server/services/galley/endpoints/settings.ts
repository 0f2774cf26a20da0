import { z } from 'zod';
import { endpoint } from '../../../http/endpoint.js';
import { empty, json, jsonBody } from '../../../http/payload.js';
import { actionDenied, federationNotEnabled, invalidOperation, noConversation } from './errors.js';
import {
  accessRoleSet,
  accessSet,
  conversationName,
  conversationParams,
  messageTimer,
  receiptMode,
} from './fields.js';
import { conversationEvent } from './views.js';

const common = {
  method: 'put',
  auth: 'user',
  params: conversationParams,
  replies: { 200: json(conversationEvent, 'Changed'), 204: empty('As it was') },
  errors: [noConversation, invalidOperation, actionDenied, federationNotEnabled],
} as const;

export const putName = endpoint({
  ...common,
  path: '/conversations/:cnv_domain/:cnv/name',
  summary: 'Rename a group',
  body: jsonBody(z.object({ name: conversationName })),
});

export const putMessageTimer = endpoint({
  ...common,
  path: '/conversations/:cnv_domain/:cnv/message-timer',
  summary: 'Say how long messages of a group may be read',
  body: jsonBody(z.object({ message_timer: messageTimer.default(null) })),
});

export const putReceiptMode = endpoint({
  ...common,
  path: '/conversations/:cnv_domain/:cnv/receipt-mode',
  summary: 'Say whether members of a group confirm what they read',
  body: jsonBody(z.object({ receipt_mode: receiptMode.unwrap() })),
});

export const putAccess = endpoint({
  ...common,
  path: '/conversations/:cnv_domain/:cnv/access',
  summary: 'Say who may join a group, and how',
  body: jsonBody(z.object({ access: accessSet, access_role: accessRoleSet })),
});

import { endpoint } from '../../../http/endpoint.js';
import { bytesBody, json } from '../../../http/payload.js';
import {
  federationNotEnabled,
  noConversation,
  tooManyToBroadcast,
  unknownClient,
} from './errors.js';
import { conversationParams } from './fields.js';
import { messageStatus } from './views.js';

/** Source: backend-api 1. */
const messageLimitBytes = 40 * 1024 * 1024;

const common = {
  method: 'post',
  auth: 'user',
  body: bytesBody('application/x-protobuf', messageLimitBytes),
  replies: {
    201: json(messageStatus, 'Stored for its recipients'),
    412: json(messageStatus, 'Not sent: clients are missing'),
  },
} as const;

export const postMessage = endpoint({
  ...common,
  path: '/conversations/:cnv_domain/:cnv/proteus/messages',
  summary: 'Send a message to a conversation',
  params: conversationParams,
  errors: [noConversation, unknownClient, federationNotEnabled],
});

export const postBroadcast = endpoint({
  ...common,
  path: '/broadcast/proteus/messages',
  summary: 'Send a message to all contacts',
  errors: [unknownClient, tooManyToBroadcast],
});

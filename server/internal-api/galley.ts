import { z } from 'zod';
import { uuid } from '../api/ids.js';
import { endpoint } from '../http/endpoint.js';
import { empty, json, jsonBody } from '../http/payload.js';

/** The conversation of a user with themselves, made with the account. Its id is the user's. */
export const selfConversationEndpoint = endpoint({
  method: 'put',
  path: '/i/users/:user/self-conversation',
  summary: 'Make the self conversation of a new account',
  auth: 'internal',
  params: z.object({ user: uuid }),
  replies: { 200: empty() },
});

/** Makes the conversation of a connection request, or finds the one that these two have. Source: backend-api 4.1. */
export const connectEndpoint = endpoint({
  method: 'post',
  path: '/i/conversations/connect',
  summary: 'Make the conversation of a connection request',
  auth: 'internal',
  body: jsonBody(
    z.object({
      from: uuid,
      to: uuid,
      /** The name of the one who asks, for the event. */
      name: z.string(),
      originConnection: z.string().optional(),
    }),
  ),
  replies: { 200: json(z.object({ conversation: uuid })) },
});

/** What a user does with the conversation of a connection. */
const membership = z.object({ user: uuid, originConnection: z.string().optional() });

/** The user joins; with both in it, it becomes a 1:1 conversation. Doing it again changes nothing. */
export const acceptEndpoint = endpoint({
  method: 'put',
  path: '/i/conversations/:conversation/accept',
  summary: 'Join the conversation of a connection',
  auth: 'internal',
  params: z.object({ conversation: uuid }),
  body: jsonBody(membership),
  replies: { 200: empty(), 404: empty('No such conversation') },
});

/** The user leaves the conversation, so that nothing reaches them. Doing it again changes nothing. */
export const blockEndpoint = endpoint({
  method: 'put',
  path: '/i/conversations/:conversation/block',
  summary: 'Leave the conversation of a connection',
  auth: 'internal',
  params: z.object({ conversation: uuid }),
  body: jsonBody(membership),
  replies: { 200: empty(), 404: empty('No such conversation') },
});

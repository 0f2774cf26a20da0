import { z } from 'zod';
import { uuid } from '../api/ids.js';
import { endpoint } from '../http/endpoint.js';
import { json, jsonBody } from '../http/payload.js';

const users = z.object({ users: z.array(uuid).max(20_000) });
const bodyBytes = 1024 * 1024;

/** The clients of users, for whoever sends them something. */
export const listClientsEndpoint = endpoint({
  method: 'post',
  path: '/i/clients/list',
  summary: 'The clients of users',
  auth: 'internal',
  body: jsonBody(users, bodyBytes),
  replies: {
    200: json(
      z.object({
        /** By user; users without clients have an empty list. */
        clients: z.record(
          z.string(),
          z.array(z.object({ id: z.string(), capabilities: z.array(z.string()) })),
        ),
      }),
    ),
  },
});

/** What other services know of an account. */
const account = z.object({
  id: uuid,
  name: z.string(),
  status: z.enum(['active', 'suspended', 'deleted', 'ephemeral']),
  activated: z.boolean(),
  team: uuid.optional(),
});

/** Accounts by id; unknown ones are absent. */
export const listAccountsEndpoint = endpoint({
  method: 'post',
  path: '/i/users/list',
  summary: 'Accounts by id',
  auth: 'internal',
  body: jsonBody(users, bodyBytes),
  replies: { 200: json(z.object({ users: z.array(account) })) },
});

/** Which of some users one user is connected with: both have accepted. */
export const connectedEndpoint = endpoint({
  method: 'post',
  path: '/i/users/:user/connected',
  summary: 'Which of some users one is connected with',
  auth: 'internal',
  params: z.object({ user: uuid }),
  body: jsonBody(users, bodyBytes),
  replies: { 200: json(z.object({ users: z.array(uuid) })) },
});

/** All that a user is connected with, for broadcasts. */
export const contactsEndpoint = endpoint({
  method: 'get',
  path: '/i/users/:user/contacts',
  summary: 'All that a user is connected with',
  auth: 'internal',
  params: z.object({ user: uuid }),
  replies: { 200: json(z.object({ users: z.array(uuid) })) },
});

/** For tests and for operators who read codes to people: the code that was mailed. Source: backend-api 3.2. */
export const activationCodeEndpoint = endpoint({
  method: 'get',
  path: '/i/users/activation-code',
  summary: 'The activation code that was mailed last',
  auth: 'internal',
  query: z.object({ email: z.string() }),
  replies: { 200: json(z.object({ key: z.string(), code: z.string() })) },
});

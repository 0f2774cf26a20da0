import { z } from 'zod';
import { domain, qualifiedId, uuid } from '../../../api/ids.js';
import { endpoint } from '../../../http/endpoint.js';
import { json, jsonBody } from '../../../http/payload.js';
import { userNotFound } from '../errors.js';
import { publicProfile } from '../profile.js';

/** Source: backend-api 3.4. */
export const getUser = endpoint({
  method: 'get',
  path: '/users/:domain/:usr',
  summary: 'The profile of a user',
  auth: 'user',
  params: z.object({ domain, usr: uuid }),
  replies: { 200: json(publicProfile) },
  errors: [userNotFound],
});

/** Source: backend-api 3.4. */
export const postListUsers = endpoint({
  method: 'post',
  path: '/list-users',
  summary: 'Profiles of users; unknown ones are absent',
  auth: 'user',
  body: jsonBody(z.object({ qualified_ids: z.array(qualifiedId).max(500) })),
  replies: {
    200: json(
      z.object({
        found: z.array(publicProfile),
        failed: z.array(z.object({ domain: z.string(), id: uuid })).optional(),
      }),
    ),
  },
});

export const getSupportedProtocols = endpoint({
  method: 'get',
  path: '/users/:domain/:usr/supported-protocols',
  summary: 'The protocols that a user speaks',
  auth: 'user',
  params: z.object({ domain, usr: uuid }),
  replies: { 200: json(z.array(z.string())) },
  errors: [userNotFound],
});

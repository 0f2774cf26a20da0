import { z } from 'zod';
import { clientId } from '../../../api/ids.js';
import { endpoint } from '../../../http/endpoint.js';
import { empty, json, jsonBody } from '../../../http/payload.js';
import {
  invalidCredentials,
  loginsTooFrequent,
  pendingActivation,
  suspended,
  tooManyFailedLogins,
} from '../errors.js';

const access = z.object({
  user: z.uuid(),
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int(),
});

/** Source: backend-api 3.3. */
export const postLogin = endpoint({
  method: 'post',
  path: '/login',
  summary: 'Start a session',
  auth: 'open',
  query: z.object({ persist: z.enum(['true', 'false']).default('false') }),
  body: jsonBody(
    z.object({
      email: z.string().max(254).optional(),
      handle: z.string().max(256).optional(),
      password: z.string().min(6).max(1024),
      label: z.string().max(256).optional(),
      verification_code: z.string().max(64).optional(),
    }),
  ),
  replies: { 200: json(access, 'The cookie is set') },
  errors: [
    invalidCredentials,
    pendingActivation,
    suspended,
    tooManyFailedLogins,
    loginsTooFrequent,
  ],
});

/** Source: backend-api 2.4. */
export const postAccess = endpoint({
  method: 'post',
  path: '/access',
  summary: 'A new access token for a cookie',
  auth: 'open',
  unversioned: true,
  query: z.object({ client_id: clientId.optional() }),
  replies: { 200: json(access) },
  errors: [invalidCredentials],
});

/** Source: backend-api 2.4. */
export const postLogout = endpoint({
  method: 'post',
  path: '/access/logout',
  summary: 'End the session of a cookie',
  auth: 'open',
  unversioned: true,
  replies: { 200: empty('Ended; the cookie is taken back') },
  errors: [invalidCredentials],
});

/** Source: backend-api 2.4. */
export const getCookies = endpoint({
  method: 'get',
  path: '/cookies',
  summary: 'The sessions of the user',
  auth: 'user',
  query: z.object({ labels: z.string().optional() }),
  replies: {
    200: json(
      z.object({
        cookies: z.array(
          z.object({
            id: z.int(),
            type: z.enum(['session', 'persistent']),
            created: z.string(),
            expires: z.string(),
            label: z.string().optional(),
            successor: z.int().optional(),
          }),
        ),
      }),
    ),
  },
});

/** Source: backend-api 2.4. */
export const postCookiesRemove = endpoint({
  method: 'post',
  path: '/cookies/remove',
  summary: 'End sessions of the user',
  auth: 'user',
  body: jsonBody(
    z.object({
      password: z.string().max(1024),
      labels: z.array(z.string()).max(256).default([]),
      ids: z.array(z.int()).max(256).default([]),
    }),
  ),
  replies: { 200: empty('Ended') },
  errors: [invalidCredentials],
});

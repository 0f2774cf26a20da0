import { z } from 'zod';
import { endpoint } from '../../../http/endpoint.js';
import { empty, json, jsonBody } from '../../../http/payload.js';
import { creationRestricted, invalidCode, invalidInvitation, keyExists } from '../errors.js';
import { asset, selfProfile } from '../profile.js';

const email = z.email().max(254);
const name = z
  .string()
  .max(512)
  .refine(
    (text) => text.trim() !== '' && Array.from(text).length <= 128,
    'expected 1 to 128 characters',
  );
const password = z.string().min(8).max(1024);
const code = z.string().regex(/^[0-9]{6}$/, 'expected six digits');
const locale = z
  .string()
  .regex(/^[a-z]{2}(?:[-_][A-Za-z]{2})?$/, 'expected a locale like en or en-US');

/** Source: backend-api 3.1. */
export const postRegister = endpoint({
  method: 'post',
  path: '/register',
  summary: 'Make an account',
  auth: 'open',
  body: jsonBody(
    z.object({
      name,
      email: email.optional(),
      password: password.optional(),
      email_code: code.optional(),
      accent_id: z.int().min(0).max(1_000).default(0),
      assets: z.array(asset).max(10).default([]),
      locale: locale.default('en'),
      label: z.string().max(256).optional(),
      expires_in: z.int().min(1).max(604_800).optional(),
      invitation_code: z.string().optional(),
      team_code: z.string().optional(),
      team: z.unknown().optional(),
      supported_protocols: z.array(z.enum(['proteus', 'mls'])).default(['proteus']),
    }),
  ),
  replies: { 201: json(selfProfile, 'Made; the cookie is set') },
  errors: [keyExists, invalidCode, invalidInvitation, creationRestricted],
});

/** Source: backend-api 3.2. */
export const postActivateSend = endpoint({
  method: 'post',
  path: '/activate/send',
  summary: 'Mail an activation code',
  auth: 'open',
  body: jsonBody(z.object({ email, locale: locale.optional() })),
  replies: { 200: empty('Mailed') },
  errors: [keyExists],
});

const activated = json(z.object({ email: z.string(), first: z.boolean() }), 'Activated');

/** Source: backend-api 3.2. */
export const postActivate = endpoint({
  method: 'post',
  path: '/activate',
  summary: 'Activate an address with the code that was mailed to it',
  auth: 'open',
  body: jsonBody(
    z.object({
      code,
      email: email.optional(),
      key: z.string().max(128).optional(),
      dryrun: z.boolean().default(false),
    }),
  ),
  replies: { 200: activated, 204: empty('Was active before') },
  errors: [invalidCode],
});

/** As a link in a mail has it. */
export const getActivate = endpoint({
  method: 'get',
  path: '/activate',
  summary: 'Activate an address from a link',
  auth: 'open',
  query: z.object({ key: z.string().max(128), code }),
  replies: { 200: activated, 204: empty('Was active before') },
  errors: [invalidCode],
});

/** Source: backend-api 3.4. */
export const getSelf = endpoint({
  method: 'get',
  path: '/self',
  summary: 'The account of the user',
  auth: 'user',
  replies: { 200: json(selfProfile) },
});

/** Source: backend-api 4.2. */
export const putSelf = endpoint({
  method: 'put',
  path: '/self',
  summary: 'Change the profile of the user',
  auth: 'user',
  body: jsonBody(
    z.object({
      name: name.optional(),
      accent_id: z.int().min(0).max(1_000).optional(),
      assets: z.array(asset).max(10).optional(),
      text_status: z.string().min(1).max(256).optional(),
    }),
  ),
  replies: { 200: empty('Changed') },
});

import { z } from 'zod';
import { clientId, domain, uuid } from '../../../api/ids.js';
import { endpoint } from '../../../http/endpoint.js';
import { empty, json, jsonBody, optionalJsonBody } from '../../../http/payload.js';
import {
  capabilitiesOnlyGrow,
  clientNotFound,
  duplicateMlsKey,
  invalidCredentials,
  malformedPrekeys,
  missingAuth,
  tooManyClients,
  userNotFound,
} from '../errors.js';

const prekey = z.object({ id: z.int().min(0).max(65_535), key: z.string().max(4_096) });
const capability = z.enum(['legalhold-implicit-consent', 'consumable-notifications']);
const label = z.string().max(256);
const mlsKeys = z.partialRecord(
  z.enum([
    'ed25519',
    'ecdsa_secp256r1_sha256',
    'ecdsa_secp384r1_sha384',
    'ecdsa_secp521r1_sha512',
    'ed448',
  ]),
  z.base64().max(1_024),
);

/** A client as its user sees it. */
const client = z.object({
  id: z.string(),
  type: z.string(),
  time: z.string(),
  class: z.string().optional(),
  label: z.string().optional(),
  cookie: z.string().optional(),
  model: z.string().optional(),
  capabilities: z.array(z.string()),
  mls_public_keys: z.record(z.string(), z.string()),
  last_active: z.string().optional(),
});
/** A client as others see it. */
const publicClient = z.object({ id: z.string(), class: z.string().optional() });
const ownClient = z.object({ client: clientId });
const anyUser = z.object({ domain, usr: uuid });
const anyClient = z.object({ domain, usr: uuid, client: clientId });
const claimed = z.object({ client: z.string(), prekey });

/** Source: backend-api 3.5. */
export const postClients = endpoint({
  method: 'post',
  path: '/clients',
  summary: 'Register a client',
  auth: 'user',
  body: jsonBody(
    z.object({
      type: z.enum(['permanent', 'temporary']),
      class: z.enum(['desktop', 'phone', 'tablet', 'legalhold']).optional(),
      prekeys: z.array(prekey).max(1_000),
      lastkey: prekey,
      label: label.optional(),
      model: label.optional(),
      cookie: label.optional(),
      password: z.string().max(1_024).optional(),
      verification_code: z.string().optional(),
      capabilities: z.array(capability).default([]),
      mls_public_keys: mlsKeys.default({}),
    }),
  ),
  replies: { 201: json(client, 'Registered') },
  errors: [malformedPrekeys, missingAuth, invalidCredentials, tooManyClients],
});

export const getClients = endpoint({
  method: 'get',
  path: '/clients',
  summary: 'The clients of the user',
  auth: 'user',
  replies: { 200: json(z.array(client)) },
});

export const getClient = endpoint({
  method: 'get',
  path: '/clients/:client',
  summary: 'A client of the user',
  auth: 'user',
  params: ownClient,
  replies: { 200: json(client), 404: empty('No such client') },
});

export const getCapabilities = endpoint({
  method: 'get',
  path: '/clients/:client/capabilities',
  summary: 'What a client of the user can do',
  auth: 'user',
  params: ownClient,
  replies: { 200: json(z.array(z.string())) },
  errors: [clientNotFound],
});

export const getPrekeyIds = endpoint({
  method: 'get',
  path: '/clients/:client/prekeys',
  summary: 'Which prekeys of a client of the user are left',
  auth: 'user',
  params: ownClient,
  replies: { 200: json(z.array(z.int())) },
});

export const putClient = endpoint({
  method: 'put',
  path: '/clients/:client',
  summary: 'Change a client of the user',
  auth: 'user',
  params: ownClient,
  body: jsonBody(
    z.object({
      prekeys: z.array(prekey).max(1_000).default([]),
      lastkey: prekey.optional(),
      label: label.optional(),
      capabilities: z.array(capability).optional(),
      mls_public_keys: mlsKeys.default({}),
    }),
  ),
  replies: { 200: empty('Changed') },
  errors: [clientNotFound, malformedPrekeys, capabilitiesOnlyGrow, duplicateMlsKey],
});

export const deleteClient = endpoint({
  method: 'delete',
  path: '/clients/:client',
  summary: 'Remove a client of the user',
  auth: 'user',
  params: ownClient,
  body: optionalJsonBody(z.object({ password: z.string().max(1_024).optional() })),
  replies: { 200: empty('Removed') },
  errors: [clientNotFound, missingAuth, invalidCredentials],
});

export const getUserClients = endpoint({
  method: 'get',
  path: '/users/:domain/:usr/clients',
  summary: 'The clients of a user',
  auth: 'user',
  params: anyUser,
  replies: { 200: json(z.array(publicClient)) },
});

export const getUserClient = endpoint({
  method: 'get',
  path: '/users/:domain/:usr/clients/:client',
  summary: 'A client of a user',
  auth: 'user',
  params: anyClient,
  replies: { 200: json(publicClient) },
  errors: [clientNotFound],
});

export const getUserPrekeys = endpoint({
  method: 'get',
  path: '/users/:domain/:usr/prekeys',
  summary: 'A prekey of each client of a user',
  auth: 'user',
  params: anyUser,
  replies: { 200: json(z.object({ user: uuid, clients: z.array(claimed) })) },
  errors: [userNotFound],
});

export const getUserPrekey = endpoint({
  method: 'get',
  path: '/users/:domain/:usr/prekeys/:client',
  summary: 'A prekey of a client of a user',
  auth: 'user',
  params: anyClient,
  replies: { 200: json(claimed) },
  errors: [clientNotFound],
});

const listLimit = 500;

export const postListClients = endpoint({
  method: 'post',
  path: '/users/list-clients',
  summary: 'The clients of users',
  auth: 'user',
  body: jsonBody(
    z.object({ qualified_users: z.array(z.object({ domain, id: uuid })).max(listLimit) }),
  ),
  replies: {
    200: json(
      z.object({
        qualified_user_map: z.record(z.string(), z.record(z.string(), z.array(publicClient))),
      }),
    ),
  },
});

export const postListPrekeys = endpoint({
  method: 'post',
  path: '/users/list-prekeys',
  summary: 'Prekeys of clients of users',
  auth: 'user',
  body: jsonBody(z.record(domain, z.record(uuid, z.array(clientId).max(32)))),
  replies: {
    200: json(
      z.object({
        qualified_user_client_prekeys: z.record(
          z.string(),
          z.record(z.string(), z.record(z.string(), prekey.nullable())),
        ),
      }),
    ),
  },
});

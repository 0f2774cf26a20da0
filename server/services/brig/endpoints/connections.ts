import { z } from 'zod';
import { domain, uuid } from '../../../api/ids.js';
import { endpoint } from '../../../http/endpoint.js';
import { empty, json, jsonBody, optionalJsonBody } from '../../../http/payload.js';
import { connectionStatuses } from '../connection-status.js';
import {
  badConnectionUpdate,
  connectionLimit,
  federationNotEnabled,
  invalidUser,
  noIdentity,
  notConnected,
} from '../errors.js';

const qualified = z.object({ domain: z.string(), id: uuid });
const connection = z.object({
  from: uuid,
  qualified_to: qualified,
  to: uuid,
  status: z.enum(connectionStatuses),
  last_update: z.string(),
  qualified_conversation: qualified,
  conversation: uuid,
});
const other = z.object({ domain, usr: uuid });

/** Source: backend-api 4.1. */
export const postConnection = endpoint({
  method: 'post',
  path: '/connections/:domain/:usr',
  summary: 'Ask a user for a connection',
  auth: 'user',
  params: other,
  replies: { 200: json(connection, 'There already'), 201: json(connection, 'Asked') },
  errors: [invalidUser, connectionLimit, noIdentity, badConnectionUpdate, federationNotEnabled],
});

export const putConnection = endpoint({
  method: 'put',
  path: '/connections/:domain/:usr',
  summary: 'Change how the user stands to another',
  auth: 'user',
  params: other,
  body: jsonBody(z.object({ status: z.enum(connectionStatuses) })),
  replies: { 200: json(connection), 204: empty('It stands so') },
  errors: [badConnectionUpdate, notConnected],
});

export const getConnection = endpoint({
  method: 'get',
  path: '/connections/:domain/:usr',
  summary: 'How the user stands to another',
  auth: 'user',
  params: other,
  replies: { 200: json(connection), 404: empty('No connection') },
});

export const postListConnections = endpoint({
  method: 'post',
  path: '/list-connections',
  summary: 'All connections of the user, in pages',
  auth: 'user',
  body: optionalJsonBody(
    z.object({
      size: z.int().min(1).max(500).default(100),
      paging_state: z.string().max(256).nullish(),
    }),
  ),
  replies: {
    200: json(
      z.object({
        connections: z.array(connection),
        has_more: z.boolean(),
        paging_state: z.string(),
      }),
    ),
  },
});

import { z } from 'zod';
import { endpoint } from '../../../http/endpoint.js';
import { json } from '../../../http/payload.js';

/** Source: backend-api 1. */
export const getApiVersion = endpoint({
  method: 'get',
  path: '/api-version',
  summary: 'The versions of the API that this backend speaks, and its domain',
  auth: 'open',
  unversioned: true,
  replies: {
    200: json(
      z.object({
        supported: z.array(z.int()),
        development: z.array(z.int()),
        federation: z.boolean(),
        domain: z.string(),
      }),
    ),
  },
});

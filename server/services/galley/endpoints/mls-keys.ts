import { z } from 'zod';
import { endpoint } from '../../../http/endpoint.js';
import { json } from '../../../http/payload.js';

const key = z.union([
  z.string(),
  z.object({ kty: z.string(), crv: z.string(), x: z.string(), y: z.string().optional() }),
]);

/** Answered also where MLS is off: clients cannot log in without it. Source: backend-api 0.1, 3.11. */
export const getMlsPublicKeys = endpoint({
  method: 'get',
  path: '/mls/public-keys',
  summary: 'The keys with which the backend removes members from MLS groups',
  auth: 'user',
  query: z.object({ format: z.enum(['raw', 'jwk']).default('raw') }),
  replies: { 200: json(z.object({ removal: z.record(z.string(), key) })) },
});

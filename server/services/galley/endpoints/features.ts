import { z } from 'zod';
import { endpoint } from '../../../http/endpoint.js';
import { json } from '../../../http/payload.js';

/** A feature as a user has it. Source: backend-api 4.6. */
export const feature = z.object({
  status: z.enum(['enabled', 'disabled']),
  lockStatus: z.enum(['locked', 'unlocked']),
  ttl: z.literal('unlimited'),
  config: z.record(z.string(), z.unknown()).optional(),
});

export type Feature = z.output<typeof feature>;

/** What the user may do, by feature. */
export const getFeatureConfigs = endpoint({
  method: 'get',
  path: '/feature-configs',
  summary: 'The features of the user',
  auth: 'user',
  replies: { 200: json(z.record(z.string(), feature)) },
});

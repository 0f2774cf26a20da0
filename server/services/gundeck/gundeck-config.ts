import { z } from 'zod';
import { count, url } from '../../config/fields.js';
import { cassandraShape, commonShape, redisShape } from '../../config/schemas.js';

/** What gundeck is told. */
export const gundeckConfig = z.object({
  ...commonShape,
  ...cassandraShape,
  ...redisShape,
  GUNDECK_PUSH_URL: url,
  NOTIFICATION_SECONDS: count,
});

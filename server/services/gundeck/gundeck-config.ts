import { z } from 'zod';
import { count } from '../../config/fields.js';
import { cassandraShape, commonShape, redisShape } from '../../config/schemas.js';

/** What gundeck is told. */
export const gundeckConfig = z.object({
  ...commonShape,
  ...cassandraShape,
  ...redisShape,
  NOTIFICATION_SECONDS: count,
});

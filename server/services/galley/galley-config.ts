import { z } from 'zod';
import { url } from '../../config/fields.js';
import { cassandraShape, commonShape } from '../../config/schemas.js';

/** What galley is told. */
export const galleyConfig = z.object({
  ...commonShape,
  ...cassandraShape,
  BRIG_URL: url,
  GUNDECK_URL: url,
});

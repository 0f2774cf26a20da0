import { z } from 'zod';
import { count, url } from '../../config/fields.js';
import { commonShape } from '../../config/schemas.js';

/** What cannon is told. */
export const cannonConfig = z.object({
  ...commonShape,
  GUNDECK_URL: url,
  CANNON_PUSH_URL: url,
  PING_SECONDS: count,
  TELL_SECONDS: count,
});

import { z } from 'zod';
import { address, count, flag, optionalText, url } from '../../config/fields.js';
import { cassandraShape, commonShape } from '../../config/schemas.js';

/** What brig is told. */
export const brigConfig = z.object({
  ...commonShape,
  ...cassandraShape,
  GALLEY_URL: url,
  GUNDECK_URL: url,
  SMTP_ADDRESS: address,
  SMTP_USER: optionalText,
  SMTP_TLS: z.enum(['none', 'starttls', 'tls']),
  SMTP_CA_FILE: optionalText,
  MAIL_FROM: z.email(),
  ACCOUNT_URL: url,
  COOKIE_INSECURE: flag,
  ACCESS_TOKEN_SECONDS: count,
  USER_TOKEN_SECONDS: count,
  SESSION_TOKEN_SECONDS: count,
  COOKIE_RENEW_SECONDS: count,
  ACTIVATION_SECONDS: count,
  LOGIN_FAILURES: count,
  LOGIN_WINDOW_SECONDS: count,
  USER_CREATION: z.enum(['open', 'restricted']),
});

export type BrigConfig = z.output<typeof brigConfig>;

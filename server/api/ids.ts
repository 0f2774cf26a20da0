import { z } from 'zod';

/** A user, conversation or team: a UUID of any version, in lower case. The text is what clients compare. */
export const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, 'Invalid UUID')
  .toLowerCase();

/** A client: 64 bits as hex, of which leading zeros are dropped. Source: backend-api 1. */
export const clientId = z
  .string()
  .regex(/^[0-9a-f]{1,16}$/i, 'Invalid client id')
  .transform((text) => BigInt(`0x${text}`).toString(16));

/** A backend domain. */
export const domain = z.string().min(1).max(253).toLowerCase();

/** An id with the backend that it belongs to. */
export const qualifiedId = z.object({ domain, id: uuid });

export type QualifiedId = z.output<typeof qualifiedId>;

/** RFC 3339 in UTC with milliseconds. */
export const time = z.iso.datetime({ precision: 3 });

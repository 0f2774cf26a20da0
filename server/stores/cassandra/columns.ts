import { types } from 'cassandra-driver';
import { z } from 'zod';

/** A uuid or timeuuid, as lower-case text. */
export const uuidColumn = z.instanceof(types.Uuid).transform((uuid) => uuid.toString());

/** A timestamp, as milliseconds since 1970. */
export const timeColumn = z.date().transform((date) => date.getTime());

/** A blob. */
export const blobColumn = z.instanceof(Buffer);

/** A bigint. */
export const bigintColumn = z.bigint();

/** A set or list of texts: Cassandra does not tell an empty one from none. */
export const textsColumn = z
  .array(z.string())
  .nullable()
  .transform((texts) => texts ?? []);

/** A map of texts; as above. */
export const textMapColumn = z
  .record(z.string(), z.string())
  .nullable()
  .transform((map) => map ?? {});

/** A text that may be absent. */
export const optionalTextColumn = z
  .string()
  .nullable()
  .transform((text) => text ?? undefined);

/** A version 1 UUID of now, which grows on this machine. */
export function newTimeUuid(nowMs: number): string {
  return types.TimeUuid.fromDate(new Date(nowMs)).toString();
}

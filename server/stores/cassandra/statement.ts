import { z } from 'zod';

/** How many replicas have to agree, in the local data centre. */
export type Consistency = 'localOne' | 'localQuorum' | 'localSerial';

/**
 * A statement with all that is to know of it. It is prepared; values are given by position. Sets and lists come as
 * arrays, uuids as text, bigints as bigint, timestamps as Date.
 */
export interface Statement<R extends z.ZodType = z.ZodType> {
  readonly cql: string;
  readonly consistency: Consistency;
  /** Running it twice is the same as once, so that it is tried again elsewhere. Never true of a conditional one. */
  readonly idempotent: boolean;
  readonly row: R;
}

/** A query, with the shape of its rows. */
export function select<R extends z.ZodType>(
  cql: string,
  row: R,
  consistency: Consistency = 'localQuorum',
): Statement<R> {
  return { cql, consistency, idempotent: true, row };
}

/** A plain write: running it twice leaves what running it once does. */
export function write(cql: string): Statement<z.ZodNull> {
  return { cql, consistency: 'localQuorum', idempotent: true, row: z.null() };
}

/** A conditional write (`IF …`), decided by Paxos; `row` is what stands there where it was not applied. */
export function conditional<R extends z.ZodType>(cql: string, row: R): Statement<R> {
  return { cql, consistency: 'localQuorum', idempotent: false, row };
}

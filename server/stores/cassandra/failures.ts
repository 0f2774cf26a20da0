import { errors, types } from 'cassandra-driver';
import { Unavailable } from '../../http/api-error.js';

/** A conditional write timed out: it may or may not have been applied, now or later. */
export class Undecided extends Unavailable {
  constructor(cause: unknown) {
    super('cassandra', cause);
  }
}

/** A paging state that no query of ours gave. */
export class BadPagingState extends Error {
  override readonly name = 'BadPagingState';
}

const { responseErrorCodes } = types;

/** What the server says when too few replicas answered, or it has too much to do: the same may work later. */
const away: ReadonlySet<number> = new Set([
  responseErrorCodes.unavailableException,
  responseErrorCodes.overloaded,
  responseErrorCodes.isBootstrapping,
  responseErrorCodes.truncateError,
  responseErrorCodes.writeTimeout,
  responseErrorCodes.readTimeout,
  responseErrorCodes.readFailure,
  responseErrorCodes.writeFailure,
]);

/** A driver's error in terms of what the service can do about it. */
export function toFailure(error: unknown, idempotent: boolean): unknown {
  if (error instanceof errors.ResponseError) return toResponseFailure(error);
  if (error instanceof errors.OperationTimedOutError)
    return idempotent ? new Unavailable('cassandra', error) : new Undecided(error);
  const isAway =
    error instanceof errors.NoHostAvailableError || error instanceof errors.BusyConnectionError;
  return isAway ? new Unavailable('cassandra', error) : error;
}

function toResponseFailure(error: errors.ResponseError): unknown {
  const isCas = 'writeType' in error && error.writeType === 'CAS';
  if (isCas) return new Undecided(error);
  if (away.has(error.code)) return new Unavailable('cassandra', error);
  const isPaging = /paging state/i.test(error.message);
  return isPaging ? new BadPagingState('not a paging state', { cause: error }) : error;
}

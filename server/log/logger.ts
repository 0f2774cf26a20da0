import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger };

/** What must not be logged wherever it turns up in an object. */
const hidden = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'code',
  'token',
  'access_token',
];

export interface LoggerOptions {
  /** The service or job that speaks. */
  readonly name: string;
  readonly level: string;
  readonly destination?: DestinationStream;
}

/** One JSON line a message on stdout, or where it is told to; times are ISO 8601. */
export function makeLogger({ name, level, destination }: LoggerOptions): Logger {
  const options = {
    name,
    level,
    base: { pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    redact: hidden.flatMap((key) => [`["${key}"]`, `*["${key}"]`]),
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

import { randomBytes } from 'node:crypto';

/** Before every time UUID: the position of who has seen nothing yet. */
export const startOfTime = '00000000-0000-1000-8000-000000000000';

/** Between the beginning of the Gregorian calendar and 1970, in milliseconds. Source: RFC 9562 section 5.1. */
const gregorianOffsetMs = 12_219_292_800_000n;
/** Of 100 ns. */
const ticksPerMs = 10_000n;

/** True of a version 1 UUID, in lower case. */
export function isTimeUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(text);
}

/** True where one time UUID is later than the other; Cassandra orders them by their time too. */
export function isAfter(one: string, other: string): boolean {
  return timeDigits(one) > timeDigits(other);
}

/**
 * Makes time UUIDs that are later than a given one, however the clock jumps.
 *
 * @returns a function of the present in milliseconds since 1970 and of the UUID to be later than.
 */
export function timeUuids(): (nowMs: number, previous: string) => string {
  // A clock sequence of the RFC's variant, and a node of its own that is marked as no hardware's: the multicast bit.
  const [a = 0, b = 0, c = 0, ...rest] = randomBytes(8);
  const bytes = Buffer.from([(a & 0x3f) | 0x80, b, c | 1, ...rest]).toString('hex');
  const place = `${bytes.slice(0, 4)}-${bytes.slice(4)}`;
  return (nowMs, previous) => {
    const now = (BigInt(nowMs) + gregorianOffsetMs) * ticksPerMs;
    const next = BigInt(`0x${timeDigits(previous)}`) + 1n;
    const digits = (now > next ? now : next).toString(16).padStart(15, '0');
    return `${digits.slice(7)}-${digits.slice(3, 7)}-1${digits.slice(0, 3)}-${place}`;
  };
}

/** The 60 bits of its time as 15 hex digits, highest first. */
function timeDigits(uuid: string): string {
  return `${uuid.slice(15, 18)}${uuid.slice(9, 13)}${uuid.slice(0, 8)}`;
}

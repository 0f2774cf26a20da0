import protobuf from 'protobufjs/minimal.js';

/** Bytes that are not the protobuf message that they should be. */
export class BadProtobuf extends Error {
  override readonly name = 'BadProtobuf';
}

/** Takes the value of one field. */
export type TakeField = (value: FieldValue) => void;

/** A field's value as it lies in the bytes; the one that fits its type is to be asked, once. */
export interface FieldValue {
  /** An unsigned varint of up to 64 bits. */
  unsigned(): bigint;
  text(): string;
  /** A view of the message, not a copy; of an embedded message too. */
  bytes(): Uint8Array;
}

const wireTypes = { varint: 0, bytes: 2 } as const;

/** The key of a field: its number with the type of its bytes. */
export function fieldKey(number: number, type: keyof typeof wireTypes): number {
  return (number << 3) | wireTypes[type];
}

/**
 * Hands the fields of a message over, in their order; unknown ones are passed by.
 *
 * @throws {BadProtobuf} where the bytes end too soon or are no fields.
 */
export function readFields(bytes: Uint8Array, fields: ReadonlyMap<number, TakeField>): void {
  const reader = protobuf.Reader.create(bytes);
  const value: FieldValue = {
    unsigned: () => reading(() => toBigint(reader.uint64())),
    text: () => reading(() => reader.string()),
    bytes: () => reading(() => reader.bytes()),
  };
  while (reader.pos < reader.len) {
    const key = reading(() => reader.uint32());
    const take = fields.get(key);
    if (take !== undefined) take(value);
    else reading(() => reader.skipType(key & 7, 0, key >>> 3));
  }
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new BadProtobuf('not a protobuf message', { cause: error });
  }
}

/** The library gives halves, or a number where it has no class for them. */
function toBigint(value: number | { readonly low: number; readonly high: number }): bigint {
  if (typeof value === 'number') return BigInt(value);
  return (BigInt(value.high >>> 0) << 32n) | BigInt(value.low >>> 0);
}

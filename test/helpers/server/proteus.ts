import protobuf from 'protobufjs/minimal.js';
import { testDomain } from './service.js';

/** A message in the words of the specification; what is left out is not in its bytes. */
export interface MessageParts {
  readonly sender?: string;
  readonly recipients?: readonly EntryParts[];
  readonly blob?: Uint8Array;
  readonly transient?: boolean;
  readonly strategy?:
    | 'report_all'
    | 'ignore_all'
    | { readonly report_only: readonly string[] }
    | { readonly ignore_only: readonly string[] };
}

export interface EntryParts {
  readonly user: string;
  readonly clients: Readonly<Record<string, string>>;
  readonly domain?: string;
}

/** A message as clients encode it. Source: backend-api 3.7. */
export function encodeMessage(parts: MessageParts): Uint8Array {
  const writer = protobuf.Writer.create();
  if (parts.sender !== undefined) writer.uint32(tag(1)).bytes(clientId(parts.sender));
  for (const entry of parts.recipients ?? []) writer.uint32(tag(2)).bytes(qualifiedEntry(entry));
  writer.uint32(tag(3, 0)).bool(true);
  if (parts.blob !== undefined) writer.uint32(tag(4)).bytes(parts.blob);
  writer.uint32(tag(5, 0)).int32(2);
  if (parts.transient !== undefined) writer.uint32(tag(6, 0)).bool(parts.transient);
  if (parts.strategy !== undefined) writeStrategy(writer, parts.strategy);
  return writer.finish();
}

type Strategy = NonNullable<MessageParts['strategy']>;

function writeStrategy(writer: protobuf.Writer, strategy: Strategy): void {
  if (strategy === 'report_all') writer.uint32(tag(7)).bytes(new Uint8Array());
  else if (strategy === 'ignore_all') writer.uint32(tag(8)).bytes(new Uint8Array());
  else if ('report_only' in strategy) writer.uint32(tag(9)).bytes(users(strategy.report_only));
  else writer.uint32(tag(10)).bytes(users(strategy.ignore_only));
}

function users(ids: readonly string[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const id of ids) {
    const user = protobuf.Writer.create();
    user.uint32(tag(1)).string(id).uint32(tag(2)).string(testDomain);
    writer.uint32(tag(1)).bytes(user.finish());
  }
  return writer.finish();
}

function qualifiedEntry({ user, clients, domain = testDomain }: EntryParts): Uint8Array {
  const id = protobuf.Writer.create();
  id.uint32(tag(1)).bytes(Buffer.from(user.replaceAll('-', ''), 'hex'));
  const entry = protobuf.Writer.create();
  entry.uint32(tag(1)).bytes(id.finish());
  for (const [client, text] of Object.entries(clients)) {
    const writer = protobuf.Writer.create();
    writer.uint32(tag(1)).bytes(clientId(client)).uint32(tag(2)).bytes(Buffer.from(text));
    entry.uint32(tag(2)).bytes(writer.finish());
  }
  const writer = protobuf.Writer.create();
  return writer.uint32(tag(1)).string(domain).uint32(tag(2)).bytes(entry.finish()).finish();
}

function clientId(hex: string): Uint8Array {
  const id = BigInt(`0x${hex}`);
  const bytes = [8];
  for (let left = id; ; left >>= 7n) {
    const low = Number(left & 0x7fn);
    if (left < 0x80n) return Uint8Array.from([...bytes, low]);
    bytes.push(low | 0x80);
  }
}

function tag(field: number, wireType = 2): number {
  return (field << 3) | wireType;
}

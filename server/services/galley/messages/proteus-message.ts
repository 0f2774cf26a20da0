import { domain as domainId, uuid } from '../../../api/ids.js';
import { BadProtobuf, fieldKey, readFields, type FieldValue, type TakeField } from './protobuf.js';

/** Ciphertexts by client, by user. */
export type TextsByUser = ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>;

export interface QualifiedUser {
  readonly domain: string;
  readonly id: string;
}

/** What to do about clients that a message was not encrypted for. */
export type MismatchStrategy =
  | { readonly kind: 'report-all' | 'ignore-all' }
  | { readonly kind: 'report-only' | 'ignore-only'; readonly users: readonly QualifiedUser[] };

/** A message as a client sends it. Source: backend-api 3.7 (QualifiedNewOtrMessage). */
export interface ProteusMessage {
  readonly sender: string;
  /** By domain; a client that is named twice gets the last text. */
  readonly recipients: ReadonlyMap<string, TextsByUser>;
  /** The same for all recipients. */
  readonly blob: Uint8Array | undefined;
  readonly transient: boolean;
  readonly strategy: MismatchStrategy;
}

/** More than any conversation or broadcast has, less than what costs the service its breath. */
const maxRecipients = 40_000;

const [varint, bytes] = ['varint', 'bytes'] as const;

/**
 * Reads a message.
 *
 * @throws {BadProtobuf} where it is none, or says nothing of what to do about missing clients.
 */
export function parseProteusMessage(message: Uint8Array): ProteusMessage {
  let sender: string | undefined;
  let blob: Uint8Array | undefined;
  let transient = false;
  let strategy: MismatchStrategy | undefined;
  const recipients = new Map<string, Map<string, Map<string, Uint8Array>>>();
  const budget = { left: maxRecipients };
  const setStrategy = (next: MismatchStrategy) => {
    strategy = next;
  };
  readFields(
    message,
    new Map<number, TakeField>([
      [fieldKey(1, bytes), (value) => (sender = parseClientId(value))],
      [
        fieldKey(2, bytes),
        (value) => {
          parseUserEntries(value.bytes(), { recipients, budget });
        },
      ],
      [fieldKey(4, bytes), (value) => (blob = value.bytes())],
      [fieldKey(6, varint), (value) => (transient = value.unsigned() !== 0n)],
      ...strategyFields(setStrategy),
    ]),
  );
  return {
    sender: required('sender', sender),
    recipients,
    blob,
    transient,
    strategy: required('client_mismatch_strategy', strategy),
  };
}

function strategyFields(set: (strategy: MismatchStrategy) => void): [number, TakeField][] {
  const plain = (kind: 'report-all' | 'ignore-all') => (value: FieldValue) => {
    readFields(value.bytes(), new Map());
    set({ kind });
  };
  const ofUsers = (kind: 'report-only' | 'ignore-only') => (value: FieldValue) => {
    set({ kind, users: parseUsers(value.bytes()) });
  };
  return [
    [fieldKey(7, bytes), plain('report-all')],
    [fieldKey(8, bytes), plain('ignore-all')],
    [fieldKey(9, bytes), ofUsers('report-only')],
    [fieldKey(10, bytes), ofUsers('ignore-only')],
  ];
}

interface Collecting {
  readonly recipients: Map<string, Map<string, Map<string, Uint8Array>>>;
  readonly budget: Budget;
}

/** How many more texts may come. */
interface Budget {
  left: number;
}

function parseUserEntries(entries: Uint8Array, { recipients, budget }: Collecting): void {
  let domain: string | undefined;
  const parsed: UserEntry[] = [];
  readFields(
    entries,
    new Map<number, TakeField>([
      [fieldKey(1, bytes), (value) => (domain = parseDomain(value))],
      [fieldKey(2, bytes), (value) => parsed.push(parseUserEntry(value.bytes(), budget))],
    ]),
  );
  const name = required('domain', domain);
  const users = recipients.get(name) ?? new Map<string, Map<string, Uint8Array>>();
  recipients.set(name, users);
  for (const { user, texts } of parsed) {
    const known = users.get(user);
    if (known === undefined) users.set(user, texts);
    else for (const [client, text] of texts) known.set(client, text);
  }
}

interface UserEntry {
  readonly user: string;
  readonly texts: Map<string, Uint8Array>;
}

function parseUserEntry(entry: Uint8Array, budget: Budget): UserEntry {
  let user: string | undefined;
  const texts = new Map<string, Uint8Array>();
  spend(budget);
  readFields(
    entry,
    new Map<number, TakeField>([
      [fieldKey(1, bytes), (value) => (user = parseUserId(value.bytes()))],
      [
        fieldKey(2, bytes),
        (value) => {
          spend(budget);
          const { client, text } = parseClientEntry(value.bytes());
          texts.set(client, text);
        },
      ],
    ]),
  );
  return { user: required('user', user), texts };
}

function spend(budget: Budget): void {
  budget.left -= 1;
  if (budget.left < 0) throw new BadProtobuf('too many recipients');
}

interface ClientEntry {
  readonly client: string;
  readonly text: Uint8Array;
}

function parseClientEntry(entry: Uint8Array): ClientEntry {
  let client: string | undefined;
  let text: Uint8Array | undefined;
  readFields(
    entry,
    new Map<number, TakeField>([
      [fieldKey(1, bytes), (value) => (client = parseClientId(value))],
      [fieldKey(2, bytes), (value) => (text = value.bytes())],
    ]),
  );
  return { client: required('client', client), text: required('text', text) };
}

function parseClientId(value: FieldValue): string {
  let id: bigint | undefined;
  readFields(
    value.bytes(),
    new Map<number, TakeField>([[fieldKey(1, varint), (field) => (id = field.unsigned())]]),
  );
  return required('client id', id).toString(16);
}

function parseUserId(message: Uint8Array): string {
  let raw: Uint8Array | undefined;
  readFields(
    message,
    new Map<number, TakeField>([[fieldKey(1, bytes), (field) => (raw = field.bytes())]]),
  );
  const id = required('user id', raw);
  if (id.length !== 16) throw new BadProtobuf('a user id has 16 bytes');
  const hex = Buffer.from(id).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function parseUsers(message: Uint8Array): readonly QualifiedUser[] {
  const users: QualifiedUser[] = [];
  readFields(
    message,
    new Map<number, TakeField>([
      [
        fieldKey(1, bytes),
        (value) => {
          if (users.length === maxRecipients) throw new BadProtobuf('too many users');
          users.push(parseQualifiedUser(value.bytes()));
        },
      ],
    ]),
  );
  return users;
}

function parseQualifiedUser(message: Uint8Array): QualifiedUser {
  let id: string | undefined;
  let domain: string | undefined;
  readFields(
    message,
    new Map<number, TakeField>([
      [fieldKey(1, bytes), (value) => (id = value.text())],
      [fieldKey(2, bytes), (value) => (domain = parseDomain(value))],
    ]),
  );
  const parsed = uuid.safeParse(required('user id', id));
  if (!parsed.success) throw new BadProtobuf('not a user id', { cause: parsed.error });
  return { id: parsed.data, domain: required('domain', domain) };
}

function parseDomain(value: FieldValue): string {
  const parsed = domainId.safeParse(value.text());
  if (!parsed.success) throw new BadProtobuf('not a domain', { cause: parsed.error });
  return parsed.data;
}

function required<T>(name: string, value: T | undefined): T {
  if (value === undefined) throw new BadProtobuf(`without ${name}`);
  return value;
}

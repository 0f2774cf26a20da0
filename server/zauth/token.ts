/** What tokens are for: cookies carry `u`, calls carry `a`. Source: backend-api 2.1. */
export type TokenKind = 'u' | 'a';

/** What a token says, signed. */
export interface Token {
  readonly kind: TokenKind;
  /** When it ends, in seconds since 1970. */
  readonly expiresAt: number;
  /** `s` marks a session cookie. */
  readonly tag: string;
  readonly user: string;
  /** The client that it is bound to, if any. */
  readonly client: string | undefined;
  /** Of `u`: the id of the cookie; of `a`: the connection. Both unsigned, 32 and 64 bits. */
  readonly id: bigint;
}

/** Everything after a token's signature, signed with the key of that number (from 1). */
export function tokenText(token: Token, key: number): string {
  const client = token.client === undefined ? [] : [`i=${token.client}`];
  const id =
    token.kind === 'u'
      ? [`r=${token.id.toString(16)}`, ...client]
      : [...client, `c=${token.id.toString()}`];
  return [
    'v=1',
    `k=${String(key)}`,
    `d=${String(token.expiresAt)}`,
    `t=${token.kind}`,
    `l=${token.tag}`,
    `u=${token.user}`,
    ...id,
  ].join('.');
}

export interface ParsedToken {
  readonly token: Token;
  readonly key: number;
  readonly signature: Buffer;
  readonly signed: string;
}

const maxTokenLength = 1024;
const uuidText = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What a text says as a token, not yet verified; undefined where it is none. */
export function parseToken(text: string): ParsedToken | undefined {
  if (text.length > maxTokenLength) return undefined;
  const dot = text.indexOf('.');
  const signed = text.slice(dot + 1);
  const signature = Buffer.from(text.slice(0, Math.max(dot, 0)), 'base64url');
  const fields = new Map<string, string>();
  for (const part of signed.split('.')) {
    const [, name, value] = /^([a-z])=(.*)$/.exec(part) ?? [];
    if (name === undefined || value === undefined || fields.has(name)) return undefined;
    fields.set(name, value);
  }
  const token = toToken(fields);
  const key = Number(fields.get('k'));
  const isWhole = signature.length === 64 && fields.get('v') === '1' && Number.isInteger(key);
  return token === undefined || !isWhole ? undefined : { token, key, signature, signed };
}

function toToken(fields: ReadonlyMap<string, string>): Token | undefined {
  const kind = fields.get('t');
  const user = fields.get('u') ?? '';
  const client = fields.get('i');
  const expires = fields.get('d') ?? '';
  if (!/^[0-9]{1,12}$/.test(expires) || !uuidText.test(user)) return undefined;
  if (client !== undefined && !/^[0-9a-f]{1,16}$/.test(client)) return undefined;
  const rest = { expiresAt: Number(expires), tag: fields.get('l') ?? '', user, client };
  const cookie = fields.get('r') ?? '';
  const connection = fields.get('c') ?? '';
  if (kind === 'u' && /^[0-9a-f]{1,8}$/.test(cookie))
    return { kind, ...rest, id: BigInt(`0x${cookie}`) };
  if (kind === 'a' && /^[0-9]{1,20}$/.test(connection))
    return { kind, ...rest, id: BigInt(connection) };
  return undefined;
}

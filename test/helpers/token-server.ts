import { X509Certificate, createPrivateKey, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:https';
import type { Authority } from './authority.js';
import { listen } from './origin.js';

/** A server that gives tokens by Docker's protocol, over TLS. */
export interface TokenServer {
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  readonly certFile: string;
  /** The scopes that were asked for, with the user's name where one was given. */
  readonly asked: readonly { readonly scope: string; readonly user: string | undefined }[];
  stop(): Promise<void>;
}

const service = 'a test registry';
const issuer = 'a test issuer';

/** Starts one that knows one user; nobody else is given a token. */
export async function startTokenServer(options: {
  readonly authority: Authority;
  readonly user: string;
  readonly password: string;
}): Promise<TokenServer> {
  const { authority, user, password } = options;
  const asked: { scope: string; user: string | undefined }[] = [];
  const known = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const { cert, key, certFile } = authority.server;
  const server = createServer({ cert, key }, (request, response) => {
    const scope = new URL(request.url ?? '', 'https://x').searchParams.get('scope') ?? '';
    const isKnown = request.headers.authorization === known;
    asked.push({ scope, user: isKnown ? user : undefined });
    if (!isKnown) response.writeHead(401).end();
    else response.end(JSON.stringify({ token: makeToken(authority, scope), expires_in: 300 }));
  });
  const realm = `https://127.0.0.1:${String(await listen(server))}/token`;
  return {
    ...{ realm, service, issuer, certFile, asked },
    stop: () =>
      new Promise((done) => {
        server.close(() => {
          done();
        });
        server.closeAllConnections();
      }),
  };
}

/** Source: Docker token authentication implementation: a JSON Web Token whose header brings its certificate. */
function makeToken({ server }: Authority, scope: string): string {
  const [type, name, actions = ''] = scope.split(':');
  const nowSec = Math.floor(Date.now() / 1000);
  const header = {
    typ: 'JWT',
    alg: 'ES256',
    x5c: [new X509Certificate(server.cert).raw.toString('base64')],
  };
  const claims = {
    ...{ iss: issuer, sub: 'a user', aud: service, jti: randomUUID() },
    ...{ iat: nowSec, nbf: nowSec - 60, exp: nowSec + 300 },
    access: [{ type, name, actions: actions.split(',') }],
  };
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part(header)}.${part(claims)}`;
  const key = { key: createPrivateKey(server.key), dsaEncoding: 'ieee-p1363' } as const;
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
}

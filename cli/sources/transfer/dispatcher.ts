import { readFile } from 'node:fs/promises';
import { createSecureContext, rootCertificates } from 'node:tls';
import { EnvHttpProxyAgent, type Dispatcher } from 'undici';
import { WireOfflineError } from '../../errors.js';

type Env = Readonly<Record<string, string | undefined>>;

export interface ConnectionOptions {
  readonly env: Env;
  /** Connections to one server at a time. */
  readonly connections: number;
  /** How long a server may say nothing: on connecting, before its headers and between pieces of a body. */
  readonly silenceMs: number;
}

/**
 * Connections as the machine's user has set them: proxies by HTTP_PROXY, HTTPS_PROXY and NO_PROXY, private CAs by
 * NODE_EXTRA_CA_CERTS, which counts besides the CAs that Node brings.
 *
 * @throws {WireOfflineError} CONFIG_UNREADABLE where the file of CAs cannot be read or is none.
 */
export async function openDispatcher(options: ConnectionOptions): Promise<Dispatcher> {
  const { env, connections, silenceMs } = options;
  const tls = { timeout: silenceMs, ...(await trustedBy(env)) };
  return new EnvHttpProxyAgent({
    connections,
    pipelining: 1,
    headersTimeout: silenceMs,
    bodyTimeout: silenceMs,
    connect: tls,
    requestTls: tls,
    proxyTls: tls,
    // The empty string keeps undici from looking into this process's own environment.
    httpProxy: env['http_proxy'] ?? env['HTTP_PROXY'] ?? '',
    httpsProxy: env['https_proxy'] ?? env['HTTPS_PROXY'] ?? '',
    noProxy: env['no_proxy'] ?? env['NO_PROXY'] ?? '',
  });
}

/** One context for all connections: reading a hundred certificates again for each would cost more than the download. */
async function trustedBy(env: Env) {
  const file = env['NODE_EXTRA_CA_CERTS'];
  if (file === undefined || file === '') return {};
  try {
    const extra = await readFile(file, 'utf8');
    return { secureContext: createSecureContext({ ca: [...rootCertificates, extra] }) };
  } catch (cause) {
    throw new WireOfflineError('CONFIG_UNREADABLE', {
      message: `NODE_EXTRA_CA_CERTS ${file}: expected certificates in PEM form, got ${String(cause)}`,
      hint: 'name a readable file, or unset the variable',
      cause,
    });
  }
}

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** A certificate and its key, in PEM form and as files. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** A private CA, and a server on loopback that it vouches for. */
export interface Authority {
  readonly caFile: string;
  readonly server: Identity;
}

/** Makes one with openssl, in a folder of the test's own. */
export async function makeAuthority(folder: string): Promise<Authority> {
  const at = (name: string) => join(folder, name);
  const days = ['-days', '2'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl('req', '-x509', ...key, '-keyout', at('ca.key'), '-out', at('ca.pem'), ...days, [
    '-subj',
    '/CN=a test CA',
  ]);
  await openssl('req', ...key, '-keyout', at('server.key'), '-out', at('server.csr'), [
    '-subj',
    '/CN=localhost',
  ]);
  await writeFile(at('server.ext'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  await openssl('x509', '-req', '-in', at('server.csr'), '-CA', at('ca.pem'), ...days, [
    ...['-CAkey', at('ca.key'), '-CAcreateserial', '-extfile', at('server.ext')],
    ...['-out', at('server.pem')],
  ]);
  return {
    caFile: at('ca.pem'),
    server: {
      cert: await readFile(at('server.pem'), 'utf8'),
      key: await readFile(at('server.key'), 'utf8'),
      certFile: at('server.pem'),
      keyFile: at('server.key'),
    },
  };
}

async function openssl(...words: readonly (string | readonly string[])[]): Promise<void> {
  await execa('openssl', words.flat());
}

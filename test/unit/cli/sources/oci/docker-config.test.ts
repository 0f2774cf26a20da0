import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { credentialsFor } from '../../../../../cli/sources/oci/docker-config.js';
import { codeOf } from '../../../../helpers/codes.js';
import { temporaryFolders } from '../../../../helpers/temporary.js';

const folderOf = temporaryFolders();
const signal = new AbortController().signal;
const base64 = (text: string) => Buffer.from(text).toString('base64');

async function ask(config: unknown, helper?: string) {
  const folder = await folderOf();
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  await writeFile(join(folder, 'config.json'), text);
  if (helper !== undefined) {
    await writeFile(join(folder, 'docker-credential-test'), `#!/bin/sh\n${helper}\n`);
    await chmod(join(folder, 'docker-credential-test'), 0o755);
  }
  const env = { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
  return credentialsFor('registry.example:5000', { env, signal });
}

/** A name and its password in the clear: a secret compares equal to every other. */
async function login(...asked: Parameters<typeof ask>): Promise<unknown> {
  const found = await ask(...asked);
  return found !== undefined && 'username' in found
    ? { ...found, password: found.password.reveal() }
    : found;
}

describe('the credentials for a registry', () => {
  it('are the name and password that docker login wrote', async () => {
    const entry = { auth: base64('me:a:b') };
    const want = { username: 'me', password: 'a:b' };
    expect(await login({ auths: { 'registry.example:5000': entry } })).toStrictEqual(want);
    expect(await login({ auths: { 'https://registry.example:5000/v1/': entry } })).toStrictEqual(
      want,
    );
  });

  it('are none where docker has none for that host', async () => {
    expect(await ask({})).toBeUndefined();
    expect(await ask({ auths: { 'registry.example': { auth: base64('me:x') } } })).toBeUndefined();
    const env = { DOCKER_CONFIG: '/none' };
    expect(await credentialsFor('registry.example', { env, signal })).toBeUndefined();
  });

  it('are what a credential helper says for the host on its standard input', async () => {
    const helper = `printf '{"Username":"%s","Secret":"s"}' "$1 $(cat)"`;
    const want = { username: 'get registry.example:5000', password: 's' };
    expect(await login({ credsStore: 'test' }, helper)).toStrictEqual(want);
    const credHelpers = { 'registry.example:5000': 'test' };
    expect(await login({ credHelpers }, helper)).toStrictEqual(want);
  });

  it('are none where the helper has none, and an error where it fails', async () => {
    const none = 'echo credentials not found in native keychain; exit 1';
    expect(await ask({ credsStore: 'test' }, none)).toBeUndefined();
    expect(await codeOf(ask({ credsStore: 'test' }, 'exit 1'))).toBe('CONFIG_INVALID');
  });

  it.each<[string, unknown]>([
    ['is no JSON', '{"auths": secret'],
    ['has auths of another form', { auths: [] }],
    ['has an auth without a colon', { auths: { 'registry.example:5000': { auth: base64('me') } } }],
    ['has an identity token', { auths: { 'registry.example:5000': { identitytoken: 'x' } } }],
    ['names a helper that is a path', { credsStore: '../x' }],
  ])('are an error where the file %s', async (_what, config) => {
    expect(await codeOf(ask(config))).toBe('CONFIG_INVALID');
  });
});

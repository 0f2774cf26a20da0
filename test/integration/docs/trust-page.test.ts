import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { signBundle } from '../../../cli/actions/sign-bundle.js';
import { runLocal, type LocalResult } from '../../../cli/transport/local.js';
import { makeSmallBundle, makeSigner, type SmallBundle } from '../../helpers/bundles.js';
import { runCli } from '../../helpers/cli.js';
import { makeTestKey, signerLine } from '../../helpers/keys.js';
import { builtCli, repositoryRoot } from '../../helpers/repository.js';
import { createWorld, type World } from '../../helpers/world.js';

const { signal } = new AbortController();

describe('the page on trust, typed by hand with stock tools', () => {
  let world: World;
  let bundle: SmallBundle;
  let verify: string;
  let verifyAll: string;
  let unpack: string;

  beforeEach(async () => {
    world = await createWorld();
    bundle = await makeSmallBundle(world, { sign: await makeSigner(world) });
    await cp(join(world.config, 'wire-offline', 'trust'), join(world.work, 'trust'), {
      recursive: true,
    });
    [verify = '', verifyAll = '', unpack = ''] = await blocksOf('Verify without this tool');
  });
  afterEach(() => world.remove());

  const run = async (script: string, { file = bundle.file } = {}): Promise<LocalResult> =>
    runLocal({
      argv: ['sh', '-e', '-c', script],
      cwd: world.work,
      env: { ...world.env, BUNDLE: file, SIGNER: 'alice' },
      signal,
    });

  it('verifies a bundle', async () => {
    expect(await run(verify)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Good "wire-offline-bundle" signature for alice'),
    });
    const { stdout } = await run('sha256sum bundle.json');
    expect(stdout.startsWith(bundle.identity.slice('sha256:'.length))).toBe(true);
  });

  it('refuses a bundle of which one byte is another', async () => {
    const bytes = await readFile(bundle.file);
    bytes.write('Z', bytes.indexOf('"stable"') + 1);
    await writeFile(bundle.file, bytes);
    expect((await run(verify)).exitCode).not.toBe(0);
  });

  it('shows everybody who signed', async () => {
    const bob = await makeTestKey(world.folder, 'bob');
    const file = join(world.work, 'trust', 'allowed_signers');
    await writeFile(file, `${await readFile(file, 'utf8')}${signerLine('bob', bob)}\n`);
    const options = { terminal: false, onBundle: () => undefined, env: world.env, signal };
    await signBundle({ ...options, file: bundle.file, keyFile: bob.file });
    await run(verify);
    const { exitCode, stdout } = await run(verifyAll);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/for alice .*\n.*for bob /);
  });

  it('unpacks the tool from a bundle, proven by the document', async () => {
    await run(verify);
    expect(await run(unpack)).toMatchObject({ exitCode: 0, stdout: 'bootstrap.tar: OK\n' });
    expect(await readFile(join(world.work, 'hello'), 'utf8')).toBe('hello\n');
  });

  it('does not unpack a bootstrap.tar of which one byte is another', async () => {
    await run(verify);
    const bytes = await readFile(bundle.file);
    bytes.write('j', bytes.lastIndexOf('hello\n'));
    await writeFile(bundle.file, bytes);
    expect((await run(unpack)).exitCode).not.toBe(0);
    await expect(readFile(join(world.work, 'hello'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('the key ceremony', () => {
  it('makes one trust folder of those of all', async () => {
    const world = await createWorld();
    const [ceremony = ''] = await blocksOf('Key ceremony');
    for (const name of ['alice', 'bob']) {
      const argv = ['key', 'generate', '--out', name, '--identity', name, '--no-passphrase'];
      expect(await runCli(world, { argv })).toMatchObject({ status: 0 });
    }
    const tool = `wire-offline() { '${process.execPath}' '${builtCli}' "$@"; }`;
    const argv = ['bash', '-e', '-c', `${tool}\n${ceremony}`] as const;
    const { exitCode, stdout } = await runLocal({ argv, cwd: world.work, env: world.env, signal });
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/signatures of 2 needed[^]*\nalice .* valid .*\nbob .* valid /),
    });
    await world.remove();
  });
});

/** The fenced shell blocks under a heading of the page, as they stand there. */
async function blocksOf(heading: string): Promise<string[]> {
  const page = await readFile(join(repositoryRoot, 'docs', 'trust.md'), 'utf8');
  const [, after = ''] = page.split(`\n## ${heading}\n`);
  const [section = ''] = after.split(/^## /m);
  return [...section.matchAll(/^ *```sh\n(.*?)^ *```$/gms)].map(([, block = '']) => block);
}

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeSmallBundle } from '../../helpers/bundles.js';
import { runCli } from '../../helpers/cli.js';
import { makeTestKey } from '../../helpers/keys.js';
import { runAtTerminal } from '../../helpers/terminal.js';
import { createWorld, snapshot, type World } from '../../helpers/world.js';

const generate = ['key', 'generate', '--out', 'keys', '--identity', 'alice'];
const asks = /assphrase/;

describe('at a terminal', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.remove());

  it('a key gets the passphrase that is typed, and signs where it is typed again', async () => {
    const made = await runAtTerminal(world, generate, [
      { after: asks, type: 'correct horse\n' },
      { after: /again/, type: 'correct horse\n' },
    ]);
    expect(made.status).toBe(0);
    expect(made.screen).not.toContain('correct horse');
    await makeSmallBundle(world, { sign: () => Promise.resolve(new Uint8Array()) });
    const sign = ['sign', 'small.bundle', '--key', 'keys/private/alice'];
    const signed = await runAtTerminal(world, sign, [{ after: asks, type: 'correct horse\n' }]);
    expect(signed.screen).toMatch(/signing small 1\.2\.3 \(stable, sequence 7\), sha256:/);
    expect(signed.status).toBe(0);
    const verify = ['verify', 'small.bundle', '--trust', 'keys/trust'];
    expect(await runCli(world, { argv: verify })).toMatchObject({ status: 0 });
  });

  it('a wrong passphrase signs nothing', async () => {
    await makeTestKey(world.work, 'key', { passphrase: 'correct horse' });
    await makeSmallBundle(world, { sign: () => Promise.resolve(new Uint8Array()) });
    const before = await snapshot(world.folder);
    const { status, screen } = await runAtTerminal(
      world,
      ['sign', 'small.bundle', '--key', 'key'],
      [{ after: asks, type: 'wrong\n' }],
    );
    expect(screen).toContain('SIGNING_FAILED');
    expect(status).toBe(11);
    expect(await snapshot(world.folder)).toEqual(before);
  });

  it('passphrases that differ are asked for again', async () => {
    const { status } = await runAtTerminal(world, generate, [
      { after: asks, type: 'correct horse\n' },
      { after: /again/, type: 'wrong\n' },
      { after: asks, type: 'battery staple\n' },
      { after: /again/, type: 'battery staple\n' },
    ]);
    expect(status).toBe(0);
    expect(await readdir(join(world.work, 'keys', 'private'))).toEqual(['alice']);
  });

  it('Ctrl-C at the question leaves nothing behind', async () => {
    const { status, screen } = await runAtTerminal(world, generate, [
      { after: asks, type: '\u0003' },
    ]);
    expect(screen).toContain('INTERRUPTED');
    expect(status).toBe(130);
    expect(await readdir(world.work)).toEqual([]);
  });
});

import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeSigner, makeSmallBundle } from '../../helpers/bundles.js';
import { runCli } from '../../helpers/cli.js';
import { createWorld, type World } from '../../helpers/world.js';

let world: World;
let bundle: string;
const trust = (): string => join(world.folder, 'elsewhere');

beforeEach(async () => {
  world = await createWorld();
  bundle = (await makeSmallBundle(world, { sign: await makeSigner(world) })).file;
  await rename(join(world.config, 'wire-offline', 'trust'), trust());
});
afterEach(() => world.remove());

describe('the trust folder of a reader', () => {
  const verify = () => ['verify', bundle, '-o', 'json'];

  it('is the one of the configuration folder where nobody says another', async () => {
    expect(await runCli(world, { argv: verify() })).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('TRUST_MISSING'),
    });
  });

  it('is the one that the variable names', async () => {
    const env = { WIRE_OFFLINE_TRUST: trust() };
    expect(await runCli(world, { argv: verify(), env })).toMatchObject({ status: 0 });
    const { stdout } = await runCli(world, { argv: ['trust', 'show', '-o', 'json'], env });
    expect(JSON.parse(stdout)).toMatchObject({ folder: trust() });
  });

  it("is the one that the user's own wire-offline.yaml names", async () => {
    await mkdir(join(world.config, 'wire-offline'), { recursive: true });
    const file = join(world.config, 'wire-offline', 'wire-offline.yaml');
    await writeFile(file, 'trust: ../../elsewhere\n');
    expect(await runCli(world, { argv: verify() })).toMatchObject({ status: 0 });
  });
});

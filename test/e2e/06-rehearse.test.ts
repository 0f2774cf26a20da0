import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { runCli } from '../helpers/cli.js';
import { tracesOf } from '../helpers/machine-traces.js';
import { createWorld, type World } from '../helpers/world.js';

const name = `journey-${String(process.pid)}`;

let world: World;

beforeEach(async () => {
  world = await createWorld();
  world.atEnd(async () => {
    await runCli(world, { argv: ['rehearse', 'down', '--all'] });
  });
});

afterEach(async () => {
  await world.remove();
});

/** The base of all hosts is the user's, so that it is made once. */
const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'wire-offline');

async function rehearse(...words: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await runCli(world, {
    argv: ['--cache', cache, 'rehearse', ...words],
  });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return stdout;
}

const standing = z.object({
  islandFile: z.string(),
  hosts: z.array(z.object({ name: z.string(), address: z.string() })).length(1),
});

describe('a rehearsal', () => {
  it('stands up from a profile, bears a power cut and a cut cable, and leaves nothing', async () => {
    const up = await rehearse('up', '--profile', 'one-host', '--name', name, '-o', 'json');
    const { islandFile } = standing.parse(JSON.parse(up));
    const shown = await runCli(world, { argv: ['island', 'show', islandFile] });
    expect(shown).toMatchObject({ status: 0 });
    expect(await rehearse('exec', 'island1', '--', 'hostname')).toBe('island1\n');
    expect(await rehearse('kill', 'island1')).toMatch(/island1 +off/);
    expect(await rehearse('list')).toMatch(/island1 .* off /);
    expect(await rehearse('start', 'island1')).toMatch(/running/);
    expect(await rehearse('cut', 'island1')).toMatch(/cut/);
    expect(await rehearse('heal', 'island1', '--name', name)).toMatch(/running/);
    expect(await rehearse('down')).toContain(name);
    expect(await rehearse('list')).not.toContain(name);
    expect(await tracesOf([name, world.folder])).toEqual([]);
  }, 600_000);
});

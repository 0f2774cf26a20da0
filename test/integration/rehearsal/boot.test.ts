import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runCli, startCli, type CliResult } from '../../helpers/cli.js';
import { tracesOf } from '../../helpers/machine-traces.js';
import { createWorld, type World } from '../../helpers/world.js';

const name = `boot-${String(process.pid)}`;

/** The base of all hosts is the user's, so that it is made once. */
const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'wire-offline');

let world: World;

beforeEach(async () => {
  world = await createWorld();
  world.atEnd(async () => {
    await rehearse('down', '--all');
  });
});

afterEach(() => world.remove());

const words = (...more: readonly string[]): readonly string[] => [
  ...['--cache', cache, '--log-format', 'json', 'rehearse', ...more],
];

const up = ['up', '--profile', 'one-host', '--name', name];

function rehearse(...more: readonly string[]): Promise<CliResult> {
  return runCli(world, { argv: words(...more) });
}

const error = (stderr: string): unknown => JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '');

describe('a host that does not boot', () => {
  it('is told with the last words of its console, and nothing of it is left', async () => {
    const bin = join(world.folder, 'bin');
    await mkdir(bin);
    const broken = '#!/bin/sh\necho "no init that works"\nexit 1\n';
    await writeFile(join(bin, 'systemd-nspawn'), broken, { mode: 0o755 });
    const env = { PATH: `${bin}:${world.env['PATH'] ?? ''}` };
    const { status, stdout, stderr } = await runCli(world, { argv: words(...up), env });
    expect({ status, stdout }).toEqual({ status: 8, stdout: '' });
    expect(error(stderr)).toMatchObject({
      code: 'REHEARSAL_BOOT_FAILED',
      message: expect.stringMatching(/host island1: .*ended\nno init that works$/),
    });
    expect(await tracesOf([name, world.folder])).toEqual([]);
    expect((await rehearse('list')).stdout).not.toContain(name);
  });
});

describe('a start that was killed halfway', () => {
  it.each(['"started","path":["network', '"started","path":["boot","island1'])(
    'at %s can be taken away, and started again',
    async (when) => {
      const child = startCli(world, { argv: words(...up) });
      child.stdout.resume();
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.includes(when)) child.kill('SIGKILL');
      });
      await once(child, 'close');
      expect({ by: child.signalCode, said }).toMatchObject({ by: 'SIGKILL' });
      const again = await rehearse(...up);
      expect(error(again.stderr)).toMatchObject({
        code: 'REHEARSAL_EXISTS',
        hint: expect.stringContaining(`rehearse down ${name}`),
      });
      expect(await rehearse('down', name)).toMatchObject({ status: 0 });
      expect(await tracesOf([name, world.folder])).toEqual([]);
      expect(await rehearse(...up)).toMatchObject({ status: 0 });
      expect((await rehearse('exec', 'island1', '--', 'hostname')).stdout).toBe('island1\n');
    },
    300_000,
  );
});

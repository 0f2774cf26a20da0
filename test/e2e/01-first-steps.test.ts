import { spawnSync } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdir, open, readFile, readdir, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { hasSystemCode } from '../../cli/errors.js';
import { exitStatus, runCli, startCli } from '../helpers/cli.js';
import { builtCli, repositoryRoot } from '../helpers/repository.js';
import { createWorld, type World } from '../helpers/world.js';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.remove());

/** A line for a shell in which `wire-offline` is the built command line. */
function shell(line: string, env: Readonly<Record<string, string>> = {}): string {
  const start = `wire-offline() { '${process.execPath}' '${builtCli}' "$@"; }; ${line}`;
  const { stdout, stderr } = spawnSync('bash', ['-c', start], {
    cwd: world.work,
    env: { ...world.env, ...env },
    encoding: 'utf8',
  });
  return stdout + stderr;
}

describe('a new user', () => {
  it('sees which version this is', async () => {
    const { status, stdout, stderr } = await runCli(world, { argv: ['version'] });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^wire-offline \d+\.\d+\.\d+ \(Node \d/);
  });

  it('gives the version to a script as JSON', async () => {
    const { stdout } = await runCli(world, { argv: ['version', '-o', 'json'] });
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, node: process.versions.node });
  });

  it('finds every verb with an example in the help', async () => {
    const { status, stdout } = await runCli(world, { argv: ['--help'] });
    expect(status).toBe(0);
    for (const words of ['version', 'docs', 'config', 'completion', 'Examples:', 'Exit status'])
      expect(stdout).toContain(words);
  });

  it.each([
    ...['version', 'docs', 'config', 'config show', 'key generate', 'trust show', 'trust sign'],
    ...[
      'trust accept',
      'recipe check',
      'recipe lock',
      'bundle',
      'sign',
      'verify',
      'inspect',
      'list',
    ],
    ...['diff', 'extract', 'split', 'join', 'completion'],
  ])('finds an example in the help of %s', async (verb) => {
    const { stdout } = await runCli(world, { argv: [...verb.split(' '), '--help'] });
    expect(stdout).toContain('Examples:');
  });

  it('finds the global flags in the help of a verb', async () => {
    const { stdout } = await runCli(world, { argv: ['docs', '--help'] });
    expect(stdout).toContain('--log-format');
  });

  it('reads every page of docs/ without a network', async () => {
    const { stdout: topics } = await runCli(world, { argv: ['docs'] });
    for (const file of await readdir(join(repositoryRoot, 'docs'))) {
      const topic = file.replace(/\.md$/, '');
      expect(topics).toMatch(new RegExp(`^${topic} `, 'm'));
      const { stdout } = await runCli(world, { argv: ['docs', topic] });
      expect(stdout).toBe(await readFile(join(repositoryRoot, 'docs', file), 'utf8'));
    }
  });
});

describe('a setting', () => {
  /** Each setting's value and origin, as `config show` tells a script. */
  async function shown(
    argv: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<unknown> {
    const { stdout } = await runCli(world, {
      argv: [...argv, 'config', 'show', '-o', 'json'],
      env,
    });
    return z.object({ settings: z.unknown() }).parse(JSON.parse(stdout)).settings;
  }

  const ownFile = (): string => join(world.config, 'wire-offline', 'wire-offline.yaml');
  const here = (): string => join(world.work, 'wire-offline.yaml');

  it('comes from flag over variable over file here over file of the user over default', async () => {
    expect(await shown()).toMatchObject({ concurrency: { value: 8, origin: 'default' } });
    await mkdir(join(world.config, 'wire-offline'));
    await writeFile(ownFile(), 'concurrency: 2\n');
    expect(await shown()).toMatchObject({ concurrency: { value: 2, origin: ownFile() } });
    await writeFile(here(), 'concurrency: 3\n');
    expect(await shown()).toMatchObject({ concurrency: { value: 3, origin: here() } });
    const env = { WIRE_OFFLINE_CONCURRENCY: '4' };
    const variable = { value: 4, origin: 'WIRE_OFFLINE_CONCURRENCY' };
    expect(await shown([], env)).toMatchObject({ concurrency: variable });
    expect(await shown(['-j', '5'], env)).toMatchObject({
      concurrency: { value: 5, origin: 'flag' },
    });
  });

  it('comes from one named file alone, or from standard input', async () => {
    await writeFile(here(), 'concurrency: 3\n');
    await writeFile(join(world.work, 'other.yaml'), 'logFormat: plain\n');
    const settings = await shown(['--config', 'other.yaml']);
    expect(settings).toMatchObject({ concurrency: { origin: 'default' } });
    expect(settings).toMatchObject({ logFormat: { value: 'plain' } });
    const piped = await runCli(world, {
      argv: ['--config', '-', 'config', 'show'],
      stdin: 'color: never\n',
    });
    expect(piped.stdout).toMatch(/^color +never +standard input$/m);
  });

  it('has its cache below XDG_CACHE_HOME, or where a file says, relative to that file', async () => {
    const cache = join(world.cache, 'wire-offline');
    expect(await shown()).toMatchObject({ cache: { value: cache } });
    await writeFile(here(), 'cache: blobs\n');
    expect(await shown()).toMatchObject({ cache: { value: join(world.work, 'blobs') } });
  });

  it('turns color off for NO_COLOR, but not for an empty one', async () => {
    expect(await shown([], { NO_COLOR: '1' })).toMatchObject({
      color: { value: 'never', origin: 'NO_COLOR' },
    });
    expect(await shown([], { NO_COLOR: '1', WIRE_OFFLINE_COLOR: 'auto' })).toMatchObject({
      color: { value: 'never', origin: 'NO_COLOR' },
    });
    expect(await shown([], { NO_COLOR: '' })).toMatchObject({ color: { origin: 'default' } });
  });

  it('for the log format holds for errors too', async () => {
    await writeFile(here(), 'logFormat: json\n');
    const { stderr } = await runCli(world, { argv: ['docs', 'nowhere'] });
    expect(JSON.parse(stderr)).toMatchObject({ type: 'error', code: 'TOPIC_UNKNOWN' });
  });
});

describe('completion', () => {
  it('offers verbs and flags in a real bash', () => {
    const said = shell(`
      source /usr/share/bash-completion/bash_completion
      source <(wire-offline completion bash)
      COMP_WORDS=(wire-offline ver); COMP_CWORD=1; COMP_LINE='wire-offline ver'; COMP_POINT=16
      $(complete -p wire-offline | sed 's/.*-F \\([^ ]*\\).*/\\1/')
      printf '%s\\n' "\${COMPREPLY[@]}"`);
    expect(said).toMatch(/^version\b/m);
  });

  it('offers verbs in a real fish', () => {
    const fish = `
      function wire-offline; '${process.execPath}' '${builtCli}' $argv; end
      wire-offline completion fish | source
      complete -C 'wire-offline ver'`;
    const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', fish], {
      env: { ...world.env },
      encoding: 'utf8',
    });
    expect(stdout + stderr).toMatch(/^version\b/m);
  });

  it('is a script that a real zsh loads and registers', () => {
    const zsh = `
      autoload -U compinit && compinit -u -D
      wire-offline() { '${process.execPath}' '${builtCli}' "$@" }
      source <(wire-offline completion zsh) && print -r -- "$_comps[wire-offline]"`;
    const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', zsh], {
      env: { ...world.env },
      encoding: 'utf8',
    });
    expect(stdout + stderr).toBe('_wire-offline\n');
  });
});

/** Feeds a command that reads its configuration from standard input, until it surely reads. */
async function startReading(argv: readonly string[]): Promise<ReturnType<typeof startCli>> {
  const child = startCli(world, { argv: [...argv, '--config', '-', 'config', 'show'] });
  // More than a pipe holds: it is taken only once someone reads.
  await new Promise((resolve) => child.stdin.write('#'.repeat(512 * 1024), resolve));
  child.stdin.on('error', () => undefined);
  return child;
}

/** Opens the writing end of a pipe as soon as someone reads it. */
async function openForReader(fifo: string): Promise<FileHandle> {
  for (;;) {
    try {
      return await open(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if (!hasSystemCode(error, 'ENXIO')) throw error;
      await pause(10);
    }
  }
}

describe('the end of a run', () => {
  it('comes cleanly at the first Ctrl-C', async () => {
    const child = await startReading(['--log-format', 'json']);
    const [stderr, status] = [text(child.stderr), exitStatus(child)];
    child.kill('SIGINT');
    expect(await status).toBe(130);
    expect(JSON.parse(await stderr)).toMatchObject({ code: 'INTERRUPTED', exitCode: 130 });
  });

  it('comes cleanly at SIGTERM', async () => {
    const child = await startReading([]);
    const status = exitStatus(child);
    child.kill('SIGTERM');
    expect(await status).toBe(143);
  });

  it('comes cleanly at SIGHUP', async () => {
    const child = await startReading([]);
    const status = exitStatus(child);
    child.kill('SIGHUP');
    expect(await status).toBe(143);
  });

  it('comes with a clear error in a folder that was removed', () => {
    const said = shell(
      'mkdir gone && cd gone && rmdir ../gone && wire-offline inspect x; echo "status $?"',
    );
    expect(said).toContain('error INPUT_UNREADABLE: working folder');
    expect(said).toContain('status 11');
    expect(said).not.toContain('uv_cwd\n    at');
  });

  it('comes at once at the second Ctrl-C, whatever hangs', async () => {
    const fifo = join(world.work, 'never-written');
    spawnSync('mkfifo', [fifo]);
    const child = startCli(world, { argv: ['--config', fifo, 'config', 'show'] });
    world.atEnd(() => Promise.resolve(void child.kill('SIGKILL')));
    const ended = exitStatus(child);
    const writer = await openForReader(fifo);
    child.kill('SIGINT');
    const hangs = await Promise.race([ended.then(() => false), pause(300).then(() => true)]);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(hangs).toBe(true);
    await writer.close();
  });

  it('is an error when the result cannot be written', () => {
    const said = shell('wire-offline docs errors >/dev/full; echo "status $?"');
    expect(said).toContain('status 11');
    expect(said).toContain('OUTPUT_FAILED');
  });

  it('is an error when the help cannot be written', () => {
    expect(shell('wire-offline --help >/dev/full; echo "status $?"')).toContain('status 11');
  });

  it('is no error when the reader has seen enough', () => {
    const said = shell('set -o pipefail; wire-offline docs errors | head -1; echo "status $?"');
    expect(said).toBe('# Errors and exit status\nstatus 0\n');
  });
});

import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { runCli, type CliResult } from '../helpers/cli.js';
import { hostEntry, islandText, recipients } from '../helpers/islands.js';
import { makeTestKey } from '../helpers/keys.js';
import { builtCli } from '../helpers/repository.js';
import { startSshd, type SshdOptions, type TestSshd } from '../helpers/sshd.js';
import { runAtTerminal } from '../helpers/terminal.js';
import { createWorld, type World } from '../helpers/world.js';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.remove());

function island(...words: readonly string[]): Promise<CliResult> {
  return runCli(world, { argv: ['island', ...words] });
}

function file(name = 'island.yaml'): Promise<string> {
  return readFile(join(world.work, name), 'utf8');
}

const data = ['etcd', 'kubernetes', 'cassandra', 'search', 'objects', 'turn'];

/** An island of two real sshd's whose keys nobody has pinned. */
async function twoHosts(second: Partial<SshdOptions> = {}): Promise<readonly [TestSshd, TestSshd]> {
  const a = await startSshd(world, { name: 'a', address: '127.0.0.2' });
  const b = await startSshd(world, { name: 'b', address: '127.0.0.3', ...second });
  const hosts = [
    { name: 'a', ...a, roles: ['assets', 'redis'] },
    { name: 'b', ...b, roles: data },
  ].map(({ name, address, port, roles }) =>
    hostEntry({ name, address, port, roles, hostKey: undefined }),
  );
  await writeFile(join(world.work, 'island.yaml'), `# ours\n${islandText({ hosts })}`);
  return [a, b];
}

describe('an island, from a plan to a file that can be used', () => {
  it('is planned, written, filled in, pinned, checked and shown', async () => {
    const plan = await island('plan', '--users', '2000', '--calls', '10', '--out', 'planned.yaml');
    expect(plan).toMatchObject({ status: 0, stderr: '' });
    expect(plan.stdout).toMatch(/^cassandra +3 +2 +4\.0 GB +80\.0 GB$/m);
    expect(plan.stdout).toMatch(/^out of the servers +82\.5 Mbit\/s$/m);
    expect((await island('show', 'planned.yaml')).stdout).toMatch(/^turn2 +10\.20\.0\.25:22/m);

    expect((await island('init', '--profile', 'one-host')).status).toBe(0);
    expect((await island('check')).stderr).toMatch(/ISLAND_INCOMPLETE.*\n.*island\.yaml:13:5/);

    const { address, port, hostKey } = await startSshd(world, { name: 'a', address: '127.0.0.2' });
    const text = (await file())
      .replace('10.20.0.11', `${address} # the big one\n    port: ${String(port)}`)
      .replace('recipients: []', `recipients: [${recipients.join(', ')}]`);
    await writeFile(join(world.work, 'island.yaml'), text);
    expect((await island('scan-keys', '--yes')).status).toBe(0);
    expect(await file()).toBe(
      text.replace('# the big one\n', `# the big one\n    hostKey: ${hostKey}\n`),
    );
    expect(await island('check')).toMatchObject({ status: 0, stderr: '' });
  });

  it.each(['one-host', 'three-host', 'ha', 'ha-compact'])(
    'starts from the profile %s',
    async (profile) => {
      const argv = [
        '--profile',
        profile,
        '--out',
        'x.yaml',
        '--name',
        '7',
        '--domain',
        'a.example',
      ];
      expect((await island('init', ...argv)).stdout).toContain('assets');
      expect((await island('show', 'x.yaml')).stdout).toMatch(/^ISLAND +7 \(x\.yaml\)$/m);
    },
  );

  it.each([
    [['init', '--profile', 'ha', '--out', 'x.yaml']],
    [['plan', '--users', '100', '--out', 'x.yaml']],
    [['check']],
    [['show']],
  ])('needs no network at all: island %j', async (words) => {
    await writeFile(join(world.work, 'island.yaml'), islandText());
    const argv = ['--net', process.execPath, builtCli, 'island', ...words];
    const { status, stderr } = spawnSync('unshare', argv, { cwd: world.work, env: world.env });
    expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' });
  });

  it('tells programs what it tells people', async () => {
    await writeFile(join(world.work, 'island.yaml'), islandText());
    const shown = await island('show', '-o', 'json');
    expect(JSON.parse(shown.stdout)).toMatchObject({
      schemaVersion: 1,
      controlPlaneEndpoint: 'kubernetes.wire.example:6443',
      hosts: [{ name: 'a1', fingerprint: expect.stringMatching(/^SHA256:/) }],
    });
    const checked = await island('check', '-o', 'json');
    expect(JSON.parse(checked.stdout)).toMatchObject({ schemaVersion: 1, hosts: 1 });
    const planned = await island('plan', '--users', '4000', '-o', 'json');
    expect(JSON.parse(planned.stdout)).toMatchObject({
      ...{ schemaVersion: 1, users: 4000, file: null },
      hosts: expect.arrayContaining([
        { kind: 'objects', count: 3, cores: 2, memoryBytes: 4e9, diskBytes: 800e9 },
      ]),
    });
  });
});

const scanned = z.object({
  keys: z.array(z.object({ name: z.string(), type: z.string(), was: z.string() })),
});

describe('scanning host keys', () => {
  it('pins nothing without a person, and names the fingerprints to compare', async () => {
    await twoHosts();
    const before = await file();
    const said = await island('scan-keys');
    expect(said).toMatchObject({ status: 6, stdout: '' });
    expect(said.stderr).toMatch(/HOST_KEYS_UNCONFIRMED[^]*hosts\.0 a: .*got SHA256:[\w+/]{43}/);
    expect(await file()).toBe(before);
  });

  it('pins what a person at a terminal confirms', async () => {
    const [a, b] = await twoHosts();
    const answers = [{ after: /\(yes\/no\)/, type: 'yes\n' }];
    const { status, screen } = await runAtTerminal(world, ['island', 'scan-keys'], answers);
    expect(status).toBe(0);
    expect(screen).toMatch(/b +127\.0\.0\.3:\d+ +ssh-ed25519 +SHA256:[\w+/]{43} +new/);
    expect(await file()).toContain(a.hostKey);
    expect(await file()).toContain(b.hostKey);
  });

  it('pins nothing where the person says anything else', async () => {
    await twoHosts();
    const before = await file();
    const answers = [{ after: /\(yes\/no\)/, type: 'y\n' }];
    const { status, screen } = await runAtTerminal(world, ['island', 'scan-keys'], answers);
    expect(status).toBe(6);
    expect(screen).toContain('HOST_KEYS_UNCONFIRMED');
    expect(await file()).toBe(before);
  });

  it('prefers the Ed25519 key and takes one on a NIST curve', async () => {
    await twoHosts({ keyTypes: ['rsa', 'ecdsa'] });
    const { stdout } = await island('scan-keys', '--yes', '-o', 'json');
    expect(scanned.parse(JSON.parse(stdout)).keys).toEqual([
      { name: 'a', type: 'ssh-ed25519', was: 'new' },
      { name: 'b', type: 'ecdsa-sha2-nistp256', was: 'new' },
    ]);
  });

  it('asks the named hosts only, and says which are pinned already', async () => {
    const [, b] = await twoHosts();
    expect((await island('scan-keys', '--yes', '--host', 'a')).status).toBe(0);
    expect(await file()).not.toContain(b.hostKey);
    const { stdout } = await island('scan-keys', '--yes', '-o', 'json');
    expect(scanned.parse(JSON.parse(stdout)).keys.map(({ was }) => was)).toEqual(['pinned', 'new']);
  });

  it('refuses a changed key unless the host is named, and then pins the new one', async () => {
    const [, b] = await twoHosts();
    await island('scan-keys', '--yes');
    await b.end();
    const other = await startSshd(world, { name: 'c', address: b.address, port: b.port });
    const refused = await island('scan-keys', '--yes');
    expect(refused.status).toBe(6);
    expect(refused.stderr).toMatch(/HOST_KEY_CHANGED[^]*hosts\.1 b: [^]*--replace b/);
    expect(await file()).toContain(b.hostKey);
    expect((await island('scan-keys', '--yes', '--replace', 'b')).status).toBe(0);
    expect(await file()).toContain(other.hostKey);
    expect(await file()).not.toContain(b.hostKey);
  });

  it('names every host that does not answer, and pins nothing', async () => {
    const [a, b] = await twoHosts();
    await Promise.all([a.end(), b.end()]);
    const before = await file();
    const { status, stderr } = await island('scan-keys', '--yes');
    expect(status).toBe(6);
    expect(stderr).toMatch(/HOST_REFUSED[^]*hosts\.0 a: [^]*hosts\.1 b: /);
    expect(await file()).toBe(before);
  });

  it('goes through a jump host once that one is pinned', async () => {
    const user = await makeTestKey(world.folder, 'me');
    const options = { name: 'gate', address: '127.0.0.4', authorized: [user.publicKey] };
    const gate = await startSshd(world, options);
    const a = await startSshd(world, { name: 'a', address: '127.0.0.2' });
    const { address, port } = a;
    const hosts = [hostEntry({ address, port, jump: 'gate', hostKey: undefined })];
    const jumpHosts = [{ name: 'gate', address: gate.address, port: gate.port, user: 'root' }];
    await writeFile(join(world.work, 'island.yaml'), islandText({ hosts, jumpHosts }));
    expect((await island('scan-keys', '--yes', '--ssh-key', user.file)).status).toBe(0);
    expect(await file()).toContain(gate.hostKey);
    expect(await file()).toContain(a.hostKey);
  });
});

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { execa } from 'execa';
import { digestOf } from '../../cli/digest.js';
import { makeAuthority } from '../helpers/authority.js';
import { runCli, type CliResult } from '../helpers/cli.js';
import { busyboxLayer, layer, makeImage, makeIndex, randomLayer } from '../helpers/image.js';
import { cacheHome } from '../../cli/config/xdg.js';
import { recipeText } from '../helpers/recipes.js';
import { startRegistry, type RegistryOptions } from '../helpers/registry.js';
import { createWorld, type World } from '../helpers/world.js';

// The first run solves and builds 300 packages; those after it take what is built from the cache below.
jest.setTimeout(30 * 60_000);

/** Kept from run to run, so that nothing is built twice. */
const cache = join(cacheHome(process.env), 'wire-offline');

const user = { name: 'reader', password: 'a long enough password' };

let world: World;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(() => world.remove());

/** This machine's own way to Go modules. */
const machine = {
  ...Object.fromEntries(Object.entries(process.env).map(([name, value = '']) => [name, value])),
  XDG_CONFIG_HOME: process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'),
};

/** Runs a verb with the machine's settings of other clients, but none of this tool. */
async function succeed(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  const words = ['--config', '-', '--cache', cache, '--log-format', 'plain', ...argv];
  const result = await runCli(world, { argv: words, env: { ...machine, ...env }, stdin: '{}' });
  expect({ status: result.status, stderr: result.stderr }).toMatchObject({ status: 0 });
  return result;
}

const inWork = (...names: readonly string[]): string => join(world.work, ...names);

/** Locks, bundles, signs and verifies one component; gives the bundle. */
async function bundled(
  component: Readonly<Record<string, unknown>> & { readonly name: string },
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { name } = component;
  await writeFile(inWork(`${name}.recipe.yaml`), recipeText({ components: [component] }));
  await succeed(['recipe', 'lock', `${name}.recipe.yaml`], env);
  const words = ['--out', `${name}.bundle`, '--key', 'keys/private/alice'];
  await succeed(['bundle', `${name}.recipe.yaml`, ...words], env);
  const { stdout } = await succeed(['verify', `${name}.bundle`, '--trust', 'keys/trust']);
  expect(stdout).toContain('alice');
  return `${name}.bundle`;
}

/** The registry program of distribution 3, built from its modules, collected and extracted by the command line. */
async function buildDistribution(): Promise<string> {
  const bundle = await bundled({
    name: 'distribution',
    kind: 'go',
    module: 'github.com/distribution/distribution/v3',
    version: 'v3.1.2',
    packages: ['./cmd/registry'],
    toolchain: 'go1.26.8',
  });
  await succeed(['extract', bundle, 'distribution', '--trust', 'keys/trust', '--out', 'out']);
  return inWork('out', 'distribution', 'registry');
}

async function startDistribution(program: string) {
  const authority = await makeAuthority(world.folder);
  const folder = join(world.folder, 'registry');
  await mkdir(folder);
  const users = { [user.name]: user.password };
  const options: RegistryOptions = { folder, program, authority, users };
  const registry = await startRegistry(options);
  world.atEnd(() => registry.stop());
  const auth = Buffer.from(`${user.name}:${user.password}`).toString('base64');
  const config = { auths: { [registry.host]: { auth } } };
  await writeFile(join(world.config, 'config.json'), JSON.stringify(config));
  const env = { NODE_EXTRA_CA_CERTS: authority.caFile, DOCKER_CONFIG: world.config };
  return { registry, env };
}

describe('distribution 3, built by this tool, behind TLS and a password', () => {
  it('gives its images to a bundle that skopeo reads', async () => {
    await succeed(['key', 'generate', '--out', 'keys', '--identity', 'alice', '--no-passphrase']);
    const program = await buildDistribution();
    expect((await execa(program, ['--version'])).stdout).toContain('v3');
    const { registry, env } = await startDistribution(program);
    const image = makeImage([await busyboxLayer(), await randomLayer(3_000_000)]);
    const arm = makeImage([await layer({ 'etc/arm': Buffer.from('arm') })], 'arm64');
    await registry.push(image, { repository: 'group/app', tag: 'amd64' });
    await registry.push(arm, { repository: 'group/app', tag: 'arm64' });
    await registry.pushManifest('group/app', '1.0', makeIndex({ arm64: arm, amd64: image }));

    const as = 'registry.example/group/app:1.0';
    const component = { name: 'app', kind: 'oci', image: `${registry.host}/group/app:1.0`, as };
    const file = inWork(await bundled(component, env));

    const { stdout } = await execa('skopeo', ['inspect', `oci-archive:${file}:${as}`]);
    const digest = digestOf(image.manifest.bytes);
    expect(JSON.parse(stdout)).toMatchObject({ Digest: digest, Architecture: 'amd64' });
    const copy = ['copy', `oci-archive:${file}:${as}`, `oci:${inWork('copy')}:1.0`];
    await execa('skopeo', ['--insecure-policy', ...copy]);
    expect(await readFile(inWork('copy', 'index.json'), 'utf8')).toContain(digest);
  });
});

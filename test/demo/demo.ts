/**
 * `npm run demo` after the set-up: real software of every kind becomes one signed file, which is judged as at the border
 * and then brought to a real host that was booted for it. Everything is made anew in `artifacts/demo`; what was fetched
 * or built before is taken from the cache. What stands is taken down at the end, and where the demo is interrupted.
 */
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExecaError } from 'execa';
import { bytesText, durationText } from '../../cli/ui/progress.js';
import { repositoryRoot } from '../helpers/repository.js';
import { DemoIsland } from './island.js';
import { startDemoOrigin, type DemoOrigin } from './origin.js';
import { say, show } from './show.js';

const folder = join(repositoryRoot, 'artifacts', 'demo');
const recipes = join(repositoryRoot, 'bundle-recipes');

const planned = [
  'install: bring up stores, TURN, Kubernetes and the services in startup order',
  'smoke test: register two users and deliver a message between them',
];

const keyGenerate = ['key', 'generate', '--out', 'keys', '--identity', 'demo', '--no-passphrase'];

const trust = ['--trust', 'keys/trust'];

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    stop.abort();
  });

const island = new DemoIsland(folder);
try {
  await demo();
} catch (error) {
  if (!stop.signal.aborted && !(error instanceof ExecaError)) throw error;
  // What failed has said why, just above.
  process.exitCode = stop.signal.aborted ? 130 : 1;
}

async function demo(): Promise<void> {
  // One that was killed may have left its island.
  await island.down();
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const origin = await startDemoOrigin(folder);
  try {
    await tell(origin);
  } finally {
    await origin.stop();
    await island.down();
  }
}

async function tell(from: DemoOrigin): Promise<void> {
  const startedAtMs = performance.now();
  await makeRecipe(from);
  await run('which tool this is', 'version');
  await run('make a signing key, and the trust folder that goes to the island', ...keyGenerate);
  await run('pin what is new; ask Debian again for its part', ...lock('chrony'));
  await run('collect, prove and sign all of it', ...bundle('demo-1.bundle', '1'));
  await run(
    'judge it at the border: signatures, then every byte',
    'verify',
    'demo-1.bundle',
    ...trust,
  );
  await run('what is it, and where does it come from', 'inspect', 'demo-1.bundle', ...trust);
  from.publish('2.0.0');
  await makeRecipe(from);
  await run('upstream has a newer file: pin it', ...lock('notice'));
  await run('the next bundle on the channel', ...bundle('demo-2.bundle', '2'));
  await run('what would change on the island', 'diff', 'demo-1.bundle', 'demo-2.bundle', ...trust);
  await stock(from.image);
  await bring();
  await close(performance.now() - startedAtMs);
}

/** The island's half, on a host that has no way out. */
async function bring(): Promise<void> {
  const { up, islandFile, keyFile } = island;
  await run('boot a host: a bare Debian with no way out, as an island has it', ...up);
  const reach = ['--island', islandFile, '--ssh-key', keyFile];
  const push = (file: string): string[] => ['push', file, ...reach, ...trust];
  await run('bring the first bundle to it over SSH', ...push('demo-1.bundle'));
  await run('what would the second one bring', ...push('demo-2.bundle'), '--dry-run');
  await run('bring it: only what is new goes over the line', ...push('demo-2.bundle'));
  await run('what the host has now', ...island.exec('du', '-sh', '/srv/assets'));
  await island.down();
}

function lock(component: string): string[] {
  return ['recipe', 'lock', 'demo.recipe.yaml', '--update', component];
}

function bundle(out: string, sequence: string): string[] {
  const words = ['--out', out, '--key', 'keys/private/demo', '--sequence', sequence];
  return ['bundle', 'demo.recipe.yaml', ...words];
}

/**
 * The committed recipe and a copy of its lock, with a file and an image of this machine's own loopback besides, on the
 * channel that islands of a profile take.
 */
async function makeRecipe(from: DemoOrigin): Promise<void> {
  const text = await readFile(join(recipes, 'demo.recipe.yaml'), 'utf8');
  const included = text
    .replace(/^components:$/m, 'include: [origin.recipe.yaml]\ncomponents:')
    .replace(/^channel: demo$/m, 'channel: stable');
  await writeFile(join(folder, 'demo.recipe.yaml'), included);
  await writeFile(join(folder, 'origin.recipe.yaml'), from.recipe());
  await writeFile(join(folder, 'settings.yaml'), from.settings);
  const copied = join(folder, 'demo.lock.yaml');
  const committed = await readFile(join(recipes, 'demo.lock.yaml'));
  await writeFile(copied, committed, { flag: 'wx' }).catch(keepWhatIsThere);
}

function keepWhatIsThere(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
}

async function run(what: string, ...argv: readonly string[]): Promise<void> {
  const env = { WIRE_OFFLINE_CONFIG: 'settings.yaml', ...island.env };
  await show({ what, program: 'wire-offline', argv, folder, env, signal: stop.signal });
}

/** The image out of the bundle, with a tool that knows nothing of this one. */
async function stock(ref: string): Promise<void> {
  const what = 'a stock tool reads the image out of it';
  const argv = ['inspect', '--format', '{{.Digest}} {{.Os}}/{{.Architecture}}'];
  const image = `oci-archive:demo-1.bundle:${ref}`;
  await show({ what, program: 'skopeo', argv: [...argv, image], folder, signal: stop.signal });
}

async function close(tookMs: number): Promise<void> {
  const path = join(folder, 'demo-1.bundle');
  const { size } = await stat(path);
  say(`\nThe bundle: ${path}, ${bytesText(size)}; all of this took ${durationText(tookMs)}.`);
  say('What this demo will do as the tool grows:');
  planned.forEach((step, index) => {
    say(`  ${String(index + 1)}. ${step}`);
  });
}

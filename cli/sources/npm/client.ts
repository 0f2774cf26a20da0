import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import semver from 'semver';
import { z } from 'zod';
import { WireOfflineError } from '../../errors.js';
import { runLocal, type LocalResult } from '../../transport/local.js';
import { withScratchFolder } from '../../transport/scratch-folder.js';
import type { SourceTools } from '../source.js';

interface NpmRun {
  readonly tools: Pick<SourceTools, 'env' | 'signal'>;
  readonly cwd?: string;
}

/** Runs this machine's npm as it is configured; it runs no code of any package. */
export async function runNpm(words: readonly string[], run: NpmRun): Promise<LocalResult> {
  return runLocal({
    argv: ['npm', ...words, '--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier'],
    env: run.tools.env,
    signal: run.tools.signal,
    ...(run.cwd === undefined ? {} : { cwd: run.cwd }),
    from: 'npm',
  });
}

const versionsSchema = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const failureSchema = z.object({
  error: z.object({ code: z.string().nullish(), summary: z.string().nullish() }),
});

export interface Wanted {
  readonly name: string;
  readonly range: string;
  readonly registries: readonly string[];
}

/**
 * The newest version in a range that the registry has today.
 *
 * @throws {WireOfflineError} NPM_PACKAGE_UNKNOWN, NPM_VERSION_UNKNOWN, NPM_FAILED, TOOL_MISSING.
 */
export async function newestVersion(wanted: Wanted, tools: SourceTools): Promise<string> {
  const versions = versionsSchema.parse(await view(wanted, 'versions', tools));
  const newest = semver.maxSatisfying([...versions], wanted.range);
  if (newest !== null) return newest;
  throw new WireOfflineError('NPM_VERSION_UNKNOWN', {
    message: `npm ${wanted.name}: expected a version that fits ${wanted.range}, got ${versionsSaid(versions)}`,
    hint: `npm view ${wanted.name} versions`,
  });
}

/**
 * What the registry says the bytes of one version are: Subresource Integrity, where it says so.
 *
 * @throws {WireOfflineError} NPM_PACKAGE_UNKNOWN, NPM_FAILED, TOOL_MISSING.
 */
export async function integrityOf(exact: Wanted, tools: SourceTools): Promise<string | undefined> {
  const said = await view(
    { ...exact, name: `${exact.name}@${exact.range}` },
    'dist.integrity',
    tools,
  );
  return z.string().optional().parse(said);
}

/** One field of a packument; the registries are tried in order. */
async function view(wanted: Wanted, field: string, tools: SourceTools): Promise<unknown> {
  let failure: unknown;
  for (const registry of wanted.registries) {
    const words = ['view', wanted.name, field, '--json', ...registryWords(wanted.name, registry)];
    const result = await runNpm(words, { tools });
    if (result.exitCode === 0) return result.stdout === '' ? undefined : JSON.parse(result.stdout);
    failure = npmError(result, wanted);
  }
  throw failure;
}

function versionsSaid(versions: readonly string[]): string {
  const last = versions.slice(-5).join(', ');
  return versions.length <= 5
    ? last
    : `${String(versions.length)} others, the last of them ${last}`;
}

/** npm's words for one registry and no other, for a scope of its own too. */
function registryWords(name: string, registry: string): readonly string[] {
  const scope = name.startsWith('@')
    ? [`--${name.slice(0, name.indexOf('/'))}:registry=${registry}`]
    : [];
  return [`--registry=${registry}`, ...scope];
}

/**
 * The lockfile that npm makes for one package and all it needs to run.
 *
 * @throws {WireOfflineError} NPM_PACKAGE_UNKNOWN, NPM_VERSION_UNKNOWN, NPM_FAILED, TOOL_MISSING.
 */
export async function solveClosure(
  root: { readonly name: string; readonly version: string; readonly registries: readonly string[] },
  tools: SourceTools,
): Promise<string> {
  const wanted = { name: root.name, range: root.version, registries: root.registries };
  let failure: unknown;
  for (const registry of root.registries) {
    const solved = await withScratchFolder(async (folder) => {
      const document = {
        name: 'closure',
        version: '1.0.0',
        dependencies: { [root.name]: root.version },
      };
      await writeFile(join(folder, 'package.json'), JSON.stringify(document));
      const words = [
        'install',
        '--package-lock-only',
        '--omit=dev',
        '--json',
        '--no-engine-strict',
      ];
      const all = [...words, ...registryWords(root.name, registry)];
      const result = await runNpm(all, { tools, cwd: folder });
      if (result.exitCode === 0) return readFile(join(folder, 'package-lock.json'), 'utf8');
      failure = npmError(result, wanted);
      return undefined;
    });
    if (solved !== undefined) return solved;
  }
  throw failure;
}

function npmError(result: LocalResult, { name, range }: Wanted): WireOfflineError {
  const said = saidBy(result);
  if (said.code === 'E404') {
    return new WireOfflineError('NPM_PACKAGE_UNKNOWN', {
      message: `npm ${name}: expected a package of that name, got none from the registry: ${said.summary}`,
      hint: 'look at the name, and at npm config get registry',
    });
  }
  if (said.code === 'ETARGET') {
    return new WireOfflineError('NPM_VERSION_UNKNOWN', {
      message: `npm ${name} ${range}: expected a version for all that it needs, got ${said.summary}`,
      hint: `npm view ${name} versions`,
    });
  }
  return new WireOfflineError('NPM_FAILED', {
    message: `npm ${name} ${range}: expected an answer of the registry, got ${said.summary}`,
    hint: 'npm ping',
  });
}

/** npm tells its failure as JSON on standard output; where it could not even do that, its last words. */
function saidBy(result: LocalResult): { readonly code: string; readonly summary: string } {
  const lastWords = result.stderr.trim().split('\n').slice(-5).join('\n');
  try {
    const { error } = failureSchema.parse(JSON.parse(result.stdout));
    return { code: error.code ?? '', summary: error.summary ?? lastWords };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError)
      return { code: '', summary: lastWords };
    throw error;
  }
}

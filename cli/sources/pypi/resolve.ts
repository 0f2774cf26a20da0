import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { digestSchema, type Digest } from '../../digest.js';
import { WireOfflineError } from '../../errors.js';
import { parseJson } from '../../input/json.js';
import { show } from '../../input/issues.js';
import type { LocalResult } from '../../transport/local.js';
import { filesOf } from './index-page.js';
import {
  parseWheelName,
  pypiNameSchema,
  pypiVersionSchema,
  requestOf,
  wheelNameSchema,
} from './names.js';
import { pythonProgram, runPython } from './pip.js';
import type { PypiSettings } from './settings.js';
import { isFor, markersOf, targetWords, type Target } from './target.js';
import type { SourceTools } from '../source.js';

export interface Wheel {
  readonly name: string;
  readonly version: string;
  readonly filename: string;
  readonly digest: Digest;
}

export interface Resolution {
  readonly packages: readonly string[];
  readonly target: Target;
  readonly settings: PypiSettings;
  readonly tools: SourceTools;
}

// Source: pip documentation, "Installation Report", version 1.
const reportSchema = z.object({
  version: z.literal('1'),
  environment: z.record(z.string(), z.string()),
  install: z.array(
    z.object({
      download_info: z.object({
        url: z.string(),
        archive_info: z.object({ hashes: z.record(z.string(), z.string()).default({}) }).optional(),
      }),
      metadata: z.object({ name: pypiNameSchema, version: pypiVersionSchema }),
    }),
  ),
});

/**
 * The wheels of some packages and of all they need on the target, as pip solves it; no code of any package runs.
 *
 * @throws {WireOfflineError} PYPI_PACKAGE_UNKNOWN, PYPI_VERSION_UNKNOWN, PYPI_WHEEL_MISSING, PYPI_UNSOLVABLE,
 * PYPI_HASH_MISSING, PYPI_FAILED, TOOL_MISSING.
 */
export async function resolveWheels(wanted: Resolution): Promise<readonly Wheel[]> {
  const result = await runPip(wanted);
  if (result.exitCode !== 0) throw await failureOf(wanted, result);
  const report = reportSchema.safeParse(parseJson(result.stdout));
  if (!report.success) throw failed(wanted, `a report that says ${z.prettifyError(report.error)}`);
  const { environment, install } = report.data;
  const { python_full_version: python } = environment;
  if (python !== wanted.target.python)
    throw failed(wanted, `dependencies for Python ${String(python)}`);
  return install
    .map((one) => wheelOf(one, wanted))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

async function runPip({ packages, target, settings, tools }: Resolution): Promise<LocalResult> {
  const cache = join(tools.cacheFolder, 'pypi');
  await mkdir(cache, { recursive: true, mode: 0o700 });
  const words = [
    ...['install', '--dry-run', '--ignore-installed', '--no-input', '--no-color', '--quiet'],
    ...['--disable-pip-version-check', '--only-binary', ':all:', '--report', '-'],
    // Nothing is put there: pip wants a place of its own for wheels of another platform.
    ...['--target', join(cache, 'nothing'), '--cache-dir', cache, ...targetWords(target)],
    ...['--', ...packages],
  ];
  return runPython({
    program: pythonProgram.resolve,
    words: [JSON.stringify(markersOf(target)), ...words],
    // What stands in pip's files was read already, and is said again in these variables.
    env: { ...settings.env, PIP_CONFIG_FILE: '/dev/null' },
    tools,
  });
}

type Installed = z.infer<typeof reportSchema>['install'][number];

function wheelOf(
  { download_info: { url, archive_info }, metadata }: Installed,
  wanted: Resolution,
): Wheel {
  const { name, version } = metadata;
  const filename = wheelNameSchema.safeParse(
    decodeURIComponent(url.split(/[?#]/)[0]?.split('/').at(-1) ?? ''),
  );
  if (!filename.success)
    throw failed(wanted, `${name} ${version} as ${show(url)}, which is no wheel`);
  const digest = digestSchema.safeParse(`sha256:${archive_info?.hashes['sha256'] ?? ''}`);
  if (digest.success) {
    refuseOther(filename.data, wanted.target);
    return { name, version, filename: filename.data, digest: digest.data };
  }
  throw new WireOfflineError('PYPI_HASH_MISSING', {
    message: `pypi ${filename.data}: expected a SHA-256 from the package index, got none`,
    hint: 'use an index that has hashes: index-url in pip’s configuration, or mirrors for pypi',
  });
}

/** @throws {WireOfflineError} PYPI_WHEEL_MISSING where a wheel is for another Python or machine. */
export function refuseOther(filename: string, target: Target): void {
  const wheel = parseWheelName(filename);
  if (wheel !== undefined && isFor(wheel, target)) return;
  throw wheelMissing(filename, target, [filename]);
}

/** pip has one exit status for all; the index says which of them it is. */
async function failureOf(wanted: Resolution, result: LocalResult): Promise<WireOfflineError> {
  for (const request of wanted.packages) {
    const { name, version } = requestOf(request);
    const files = await filesOf(name, wanted);
    if (files === undefined)
      return new WireOfflineError('PYPI_PACKAGE_UNKNOWN', {
        message: `pypi ${name}: expected a package of that name, got none from the index`,
        hint: 'look at the name, and at python3 -m pip config list',
      });
    const wheels = files.flatMap(({ filename }) => {
      const wheel = parseWheelName(filename);
      return wheel === undefined ? [] : [{ filename, ...wheel }];
    });
    const same = wheels.filter((wheel) => wheel.version === version);
    if (same.length === 0)
      return noWheel(
        request,
        files.map(({ filename }) => filename),
      );
    if (!same.some((wheel) => isFor(wheel, wanted.target)))
      return wheelMissing(
        `${name} ${version}`,
        wanted.target,
        same.map(({ filename }) => filename),
      );
  }
  return new WireOfflineError('PYPI_UNSOLVABLE', {
    message: `pypi ${wanted.packages.join(' ')}: expected wheels of all that is needed on Python ${wanted.target.python}, got\n${lastLines(result)}`,
    hint: 'its last lines are above; what has no wheel cannot be collected, for it would have to be built',
  });
}

function noWheel(request: string, filenames: readonly string[]): WireOfflineError {
  const { name, version } = requestOf(request);
  const mark = `-${version}.tar.gz`;
  if (filenames.some((filename) => filename.endsWith(mark)))
    return new WireOfflineError('PYPI_WHEEL_MISSING', {
      message: `pypi ${name} ${version}: expected a wheel, got sources only`,
      hint: 'choose a version that was published with wheels: nothing is built here, because that would run its code',
    });
  const known = filenames.flatMap((filename) => parseWheelName(filename)?.version ?? []);
  const last = [...new Set(known)].slice(-8).join(', ');
  return new WireOfflineError('PYPI_VERSION_UNKNOWN', {
    message: `pypi ${name}: expected a version that has wheels (${last || 'there is none'}), got ${version}`,
    hint: `python3 -m pip index versions ${name}`,
  });
}

function wheelMissing(
  what: string,
  { python, platform }: Target,
  got: readonly string[],
): WireOfflineError {
  return new WireOfflineError('PYPI_WHEEL_MISSING', {
    message: `pypi ${what}: expected a wheel for Python ${python} on ${platform}, got ${got.slice(0, 10).join(', ')}`,
    hint: 'choose another version, or set python and platform to what the hosts have',
  });
}

function failed({ packages }: Resolution, got: string): WireOfflineError {
  return new WireOfflineError('PYPI_FAILED', {
    message: `pypi ${packages.join(' ')}: expected pip to say which wheels are needed, got ${got}`,
    hint: 'python3 -m pip --version: it has to be 23.0 or newer',
  });
}

function lastLines({ stderr }: LocalResult): string {
  return stderr.trim().split('\n').slice(-8).join('\n');
}

import { writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { WireOfflineError } from '../../errors.js';
import { readSmallFile } from '../../input/small-file.js';
import { readYamlStream } from '../../input/yaml-document.js';
import { maxYamlBytes } from '../../input/yaml-syntax.js';
import { runLocal, type LocalResult } from '../../transport/local.js';
import { withScratchFolder } from '../../transport/scratch-folder.js';
import type { HelmSpec } from './spec.js';
import type { SourceTools } from '../source.js';

export interface Rendering {
  /** The program that renders. */
  readonly helm: string;
  readonly spec: HelmSpec;
  /** The chart's archive, proven already. */
  readonly archive: string;
  readonly tools: SourceTools;
}

/** More than any cluster would take of one release. */
const maxManifestBytes = 64 * 1024 * 1024;

/** A template may loop for ever or fill the memory; no honest chart comes near a minute and 4 GiB of addresses. */
const limits = ['--cpu=60', `--as=${String(4 * 1024 ** 3)}`] as const;

/**
 * All manifests that Helm makes of a chart with the values of its component, definitions of custom resources and
 * hooks included. Helm knows nothing of this machine: no plugins, no repositories, no cluster, no network.
 *
 * @throws {WireOfflineError} HELM_RENDER_FAILED with Helm's last words, CONFIG_UNREADABLE for a file of values, TOOL_MISSING.
 */
export async function renderChart(rendering: Rendering): Promise<readonly unknown[]> {
  const { helm, spec, tools } = rendering;
  return withScratchFolder(async (folder) => {
    const values = await writeValues(rendering, folder);
    const words = [helm, ...helmWords(rendering, values)];
    const result = await runLimited(words, { folder, tools }).catch((error: unknown) => {
      if (!isKilled(error)) throw error;
      throw failed(spec, error.message, error);
    });
    if (result.exitCode !== 0) throw failed(spec, lastLines(result.stderr));
    const bytes = Buffer.from(result.stdout);
    const read = readYamlStream({ file: spec.chart, bytes, maxBytes: maxManifestBytes });
    if (read.ok) return read.values;
    const [problem] = read.problems;
    throw failed(spec, `${problem?.where ?? ''}: ${problem?.got ?? 'what is no YAML'}`);
  });
}

function runLimited(
  words: readonly string[],
  { folder, tools }: { readonly folder: string; readonly tools: SourceTools },
): Promise<LocalResult> {
  return runLocal({
    argv: ['prlimit', ...limits, '--', ...words],
    cwd: folder,
    env: { PATH: tools.env['PATH'], HOME: folder, HELM_NO_PLUGINS: '1', KUBECONFIG: '/dev/null' },
    signal: tools.signal,
    from: 'util-linux',
  });
}

/** Ended by a signal, or cut off because it said too much. */
function isKilled(error: unknown): error is WireOfflineError {
  return error instanceof WireOfflineError && error.code === 'TOOL_FAILED';
}

function helmWords({ spec, archive }: Rendering, values: readonly string[]): readonly string[] {
  const { chart, release = chart, namespace, kubeVersion, apiVersions } = spec;
  return [
    ...['template', release, archive, '--include-crds', '--namespace', namespace],
    ...values.flatMap((file) => ['--values', file]),
    ...(kubeVersion === undefined ? [] : ['--kube-version', kubeVersion]),
    ...apiVersions.flatMap((one) => ['--api-versions', one]),
  ];
}

/** Copies, by names that Helm cannot take for a list or an address; the component's own values are last and win. */
async function writeValues({ spec, tools }: Rendering, folder: string): Promise<readonly string[]> {
  const written: string[] = [];
  for (const name of spec.valuesFiles) {
    const file = isAbsolute(name) ? name : join(tools.recipeFolder, name);
    const read = await readSmallFile(file, maxYamlBytes);
    if (!read.ok) throw unreadable(spec, file, read.got);
    if (read.bytes.byteLength > maxYamlBytes)
      throw unreadable(spec, file, `more than ${String(maxYamlBytes)} bytes`);
    const copy = join(folder, `values-${String(written.length)}.yaml`);
    await writeFile(copy, read.bytes);
    written.push(copy);
  }
  const own = join(folder, 'values.yaml');
  await writeFile(own, spec.values);
  return [...written, own];
}

function unreadable({ chart }: HelmSpec, file: string, got: string): WireOfflineError {
  return new WireOfflineError('CONFIG_UNREADABLE', {
    message: `chart ${chart}: expected a file of values ${file}, got ${got}`,
    hint: 'correct valuesFiles of the component: a path from the recipe',
  });
}

function lastLines(stderr: string): string {
  return stderr.trim().split('\n').slice(-10).join('\n');
}

function failed({ chart, version }: HelmSpec, got: string, cause?: unknown): WireOfflineError {
  return new WireOfflineError('HELM_RENDER_FAILED', {
    message: `chart ${chart} ${version}: expected manifests with the values of its component, got\n${got}`,
    hint: 'set what it asks for in values or valuesFiles of the component; kubeVersion and apiVersions tell it of the cluster',
    cause,
  });
}

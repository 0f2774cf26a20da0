import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRunLocal, runLocal, type LocalResult } from '../../transport/local.js';
import { withScratchFolder } from '../../transport/scratch-folder.js';
import type { SourceTools } from '../source.js';

export interface AptRootOptions {
  readonly suites: readonly string[];
  readonly components: readonly string[];
  readonly architecture: string;
  readonly keyring: Uint8Array;
}

/**
 * A folder in which apt knows nothing of this machine: its own sources, keyring, lists and package status. It has
 * no network either: what apt reads as the archive is `archive/<suite>/` below the folder, filled by this tool.
 */
export interface AptRoot {
  readonly folder: string;
  /** Where the files of a suite's archive are laid out for apt. */
  archiveOf(suite: string): string;
  /** Says what is installed, as dpkg's status file does. */
  writeStatus(text: string): Promise<void>;
  /** Runs a program of apt's in this root and gives what it said, whatever its exit status. */
  run(argv: readonly [string, ...string[]]): Promise<LocalResult>;
}

/** Makes such a root, gives it to a function and removes it whatever comes of that. */
export async function withAptRoot<T>(
  options: AptRootOptions,
  tools: SourceTools,
  use: (root: AptRoot) => Promise<T>,
): Promise<T> {
  return withScratchFolder(async (folder) => {
    await fill(folder, options, await freshnessSettings(tools));
    return use(rootIn(folder, tools));
  });
}

/** The last words of apt for an error's message, without the address of the root, which says nothing to the user. */
export function lastWords({ stdout, stderr }: LocalResult, { folder }: AptRoot): string {
  const said = `${stdout}\n${stderr}`.replaceAll(`file:${folder}/archive/`, '');
  return said.split('\n').filter(Boolean).slice(-20).join('\n');
}

function rootIn(folder: string, { env, signal }: SourceTools): AptRoot {
  return {
    folder,
    archiveOf: (suite) => join(folder, 'archive', suite),
    writeStatus: (text) => writeFile(join(folder, 'status'), text),
    run: (argv) =>
      runLocal({
        argv,
        env: { PATH: env['PATH'], LC_ALL: 'C.UTF-8', APT_CONFIG: join(folder, 'apt.conf') },
        signal,
        from: 'apt',
      }),
  };
}

/** Whether apt of this machine minds how old a signed state is: who reads a snapshot archive has it told not to. */
async function freshnessSettings({ env, signal }: SourceTools): Promise<string> {
  const settings = ['Acquire::Check-Valid-Until', 'Acquire::Check-Date'];
  return await mustRunLocal({
    argv: ['apt-config', 'dump', '--no-empty', '--format', '%F "%v";%n', ...settings],
    env: { PATH: env['PATH'], APT_CONFIG: env['APT_CONFIG'], LC_ALL: 'C.UTF-8' },
    signal,
    from: 'apt',
  });
}

async function fill(folder: string, options: AptRootOptions, freshness: string): Promise<void> {
  for (const name of ['etc', 'lists/partial', 'cache/archives/partial', 'archive'])
    await mkdir(join(folder, name), { recursive: true });
  const armored = Buffer.from(options.keyring).subarray(0, 5).toString() === '-----';
  const keyring = join(folder, armored ? 'keyring.asc' : 'keyring.gpg');
  await writeFile(keyring, options.keyring);
  await writeFile(join(folder, 'status'), '');
  await writeFile(join(folder, 'etc/suites.sources'), sources(folder, keyring, options));
  await writeFile(join(folder, 'apt.conf'), settings(folder, options) + freshness);
}

function sources(folder: string, keyring: string, { suites, components }: AptRootOptions): string {
  return suites
    .map((suite) =>
      [
        'Types: deb',
        `URIs: file:${join(folder, 'archive', suite)}`,
        `Suites: ${suite}`,
        `Components: ${components.join(' ')}`,
        `Signed-By: ${keyring}`,
        '',
      ].join('\n'),
    )
    .join('\n');
}

/**
 * Every place where apt would look on this machine is given away; the settings of its packages are shut out by
 * `Dir::Etc::parts`. Source: apt.conf(5), "DIRECTORIES".
 */
function settings(folder: string, { architecture }: AptRootOptions): string {
  const at = (name: string): string => `"${join(folder, name)}"`;
  return [
    `Dir ${at('.')};`,
    `Dir::State ${at('.')};`,
    `Dir::State::lists ${at('lists')};`,
    `Dir::State::status ${at('status')};`,
    `Dir::Cache ${at('cache')};`,
    `Dir::Etc ${at('etc')};`,
    `Dir::Etc::sourceparts ${at('etc')};`,
    ...['main', 'parts', 'sourcelist', 'trusted', 'trustedparts', 'preferences'].map(nowhere),
    ...['preferencesparts', 'netrc', 'netrcparts'].map(nowhere),
    `APT::Architecture "${architecture}";`,
    `APT::Architectures { "${architecture}"; };`,
    // The archive lies in a folder that only this user may enter, apt's own sandbox user included.
    'APT::Sandbox::User "";',
    // A state that is refused is an error, never a reason to go on with what there was.
    'APT::Update::Error-Mode "any";',
    'APT::Get::Assume-Yes "true";',
    'APT::Get::Remove "false";',
    'Acquire::ForceHash "SHA256";',
    'Acquire::By-Hash "no";',
    'Acquire::PDiffs "false";',
    'Acquire::Languages "none";',
    'Acquire::CompressionTypes::Order { "xz"; "gz"; };',
    '',
  ].join('\n');
}

function nowhere(name: string): string {
  return `Dir::Etc::${name} "/dev/null";`;
}

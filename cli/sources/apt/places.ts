import { WireOfflineError } from '../../errors.js';
import { mustRunLocal } from '../../transport/local.js';
import type { SourceTools } from '../source.js';

/** What finding archives takes of a source's tools. */
type PlaceTools = Pick<SourceTools, 'mirrors' | 'env' | 'signal'>;

/** One index of the machine's own apt sources. */
export interface AptTarget {
  readonly release: string;
  readonly codename: string;
  readonly origin: string;
  readonly url: string;
}

/** The fields of an index, as apt is told to print them on one line. */
const targetFormat = ['$(RELEASE)', '$(CODENAME)', '$(ORIGIN)', '$(REPO_URI)'].join('\t');

/**
 * The base URLs of archives that may have a suite, best first: the mirrors of the settings, else the sources
 * that apt of this machine is configured with.
 *
 * @throws {WireOfflineError} APT_SOURCES_MISSING where this machine knows no archive for the suite.
 */
export async function archivesFor(
  suites: readonly string[],
  tools: PlaceTools,
): Promise<ReadonlyMap<string, readonly [string, ...string[]]>> {
  const targets = tools.mirrors.length > 0 ? [] : await machineTargets(tools);
  const archives = new Map<string, readonly [string, ...string[]]>();
  for (const suite of suites) {
    const urls = tools.mirrors.length > 0 ? tools.mirrors : chooseArchives(targets, suite);
    const [first, ...rest] = [...new Set(urls.map(plainUrl))];
    if (first === undefined) throw missing(suite, targets);
    archives.set(suite, [first, ...rest]);
  }
  return archives;
}

/**
 * The URLs of a machine's sources that may have a suite: those that name it, else those of Debian's archive of the
 * same kind, because one archive has all releases.
 */
export function chooseArchives(targets: readonly AptTarget[], suite: string): string[] {
  const usable = targets.filter(({ url }) => /^https?:\/\//.test(url));
  const named = usable.filter(({ release, codename }) => [release, codename].includes(suite));
  const sameKind = usable.filter(
    ({ release, origin }) => isSecurity(release) === isSecurity(suite) && isDebian(origin),
  );
  return (named.length > 0 ? named : sameKind).map(({ url }) => url);
}

/** Debian's security archive is a host of its own; its suites end so, or did up to Debian 10. */
function isSecurity(suite: string): boolean {
  return suite.endsWith('-security') || suite.endsWith('/updates');
}

/** apt knows the origin once it has updated; before that it gives the field's name back. */
function isDebian(origin: string): boolean {
  return origin === 'Debian' || origin === '' || origin.startsWith('$(');
}

/** Without a name and password, which must not be shown, and without slashes at its end. */
function plainUrl(url: string): string {
  return url.replace(/^(https?:\/\/)[^/@]*@/, '$1').replace(/\/+$/, '');
}

/** All sources, and what apt knows of those that it has updated already. */
async function machineTargets(tools: PlaceTools): Promise<AptTarget[]> {
  const [known, all] = await Promise.all([
    listTargets([], tools),
    listTargets(['--no-release-info'], tools),
  ]);
  return all.map(
    (target) =>
      known.find(({ url, release }) => url === target.url && release === target.release) ?? target,
  );
}

async function listTargets(
  options: readonly string[],
  { env, signal }: PlaceTools,
): Promise<AptTarget[]> {
  const what = [...options, '--format', targetFormat, 'Created-By: Packages'];
  const said = await mustRunLocal({
    argv: ['apt-get', 'indextargets', ...what],
    env: { PATH: env['PATH'], APT_CONFIG: env['APT_CONFIG'], LC_ALL: 'C.UTF-8' },
    signal,
    from: 'apt',
  });
  return said
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [release = '', codename = '', origin = '', url = ''] = line.split('\t');
      return { release, codename, origin, url };
    });
}

function missing(suite: string, targets: readonly AptTarget[]): WireOfflineError {
  const known = [...new Set(targets.map(({ release }) => release))].join(', ');
  return new WireOfflineError('APT_SOURCES_MISSING', {
    message: `suite ${suite}: expected an archive for it in the apt sources of this machine, got ${known === '' ? 'none' : `archives for ${known} only`}`,
    hint: `add ${suite} to /etc/apt/sources.list.d, or name an archive in the mirrors of wire-offline.yaml`,
  });
}

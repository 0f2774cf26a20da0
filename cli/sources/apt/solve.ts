import { isDigest } from '../../digest.js';
import { WireOfflineError, type Problem } from '../../errors.js';
import { closest } from '../../input/closest.js';
import { formatParagraph, parseControl, type Paragraph } from './control.js';
import { lastWords, type AptRoot } from './root.js';
import { parseRequest, type AptSpec, type LockedPackage } from './schema.js';

/** What apt would install, by its own choice of versions. */
export interface Solution {
  /** The packages that the target is taken to have. */
  readonly base: readonly string[];
  /** What must come with the bundle, sorted by name. */
  readonly packages: readonly LockedPackage[];
}

/**
 * Asks apt what a target with the base set needs for the packages of a recipe. The root's suites are loaded.
 *
 * @throws {WireOfflineError} APT_PACKAGE_UNKNOWN with all unknown names at once, APT_UNSOLVABLE.
 */
export async function solve(spec: AptSpec, root: AptRoot): Promise<Solution> {
  await requireKnown(spec, root);
  const wantedBase =
    spec.base === 'minbase' ? ['?essential', '?priority(required)', 'apt'] : spec.base;
  const base =
    wantedBase.length === 0 ? [] : await plan(root, { wanted: wantedBase, recommends: false });
  await root.writeStatus(await statusOf(base, root));
  const packages = await plan(root, { wanted: spec.packages, recommends: spec.recommends });
  return { base: base.map((member) => member.package), packages };
}

/** apt takes a name that it does not know for a regular expression, so none such may reach it. */
async function requireKnown(spec: AptSpec, root: AptRoot): Promise<void> {
  const known = (await mustRun(root, ['apt-cache', 'pkgnames'])).split('\n').filter(Boolean);
  const names = new Set(known);
  const problems: Problem[] = [];
  for (const [index, request] of spec.packages.entries()) {
    const { name, version } = parseRequest(request);
    const where = `packages.${String(index)}`;
    if (!names.has(name)) problems.push({ where, ...unknownName(name, { spec, known }) });
    else if (version !== undefined) {
      const versions = await versionsOf(name, root);
      if (!versions.includes(version))
        problems.push({ where, expected: `one of ${name}=${versions.join(', ')}`, got: request });
    }
  }
  for (const [index, name] of (spec.base === 'minbase' ? [] : spec.base).entries()) {
    if (!names.has(name))
      problems.push({ where: `base.${String(index)}`, ...unknownName(name, { spec, known }) });
  }
  if (problems.length === 0) return;
  throw new WireOfflineError('APT_PACKAGE_UNKNOWN', {
    message: `suite ${spec.suite} with its pockets: expected it to have all packages of the recipe, got ${String(problems.length)} that it has not`,
    hint: 'mend the names and versions in the recipe, or name another suite',
    problems,
  });
}

function unknownName(
  name: string,
  { spec, known }: { spec: AptSpec; known: readonly string[] },
): { expected: string; got: string } {
  const near = closest(name, known);
  return {
    expected: `a package of ${spec.suite}${near === undefined ? '' : ` (did you mean ${near}?)`}`,
    got: name,
  };
}

/** The versions that the suites have, as `apt-cache madison` lists them: name, version and index on each line. */
async function versionsOf(name: string, root: AptRoot): Promise<string[]> {
  const said = await mustRun(root, ['apt-cache', 'madison', name]);
  const versions = said.split('\n').map((line) => line.split('|')[1]?.trim() ?? '');
  return [...new Set(versions.filter(Boolean))];
}

interface Wish {
  readonly wanted: readonly string[];
  readonly recommends: boolean;
}

async function plan(root: AptRoot, { wanted, recommends }: Wish): Promise<LockedPackage[]> {
  const install = [
    '-o',
    `APT::Install-Recommends=${String(recommends)}`,
    'install',
    '--',
    ...wanted,
  ];
  const result = await root.run(['apt-get', '-qq', '--print-uris', ...install]);
  if (result.exitCode !== 0) {
    // What stands in each other's way apt says only when it is not asked for addresses.
    const explained = await root.run(['apt-get', '-q', '--simulate', ...install]);
    throw new WireOfflineError('APT_UNSOLVABLE', {
      message: `packages ${wanted.join(' ')}: expected a set that can be installed together on the base, got none from apt\n${lastWords(explained, root)}`,
      hint: 'change `packages`, `base` or `pockets` in the recipe',
    });
  }
  const packages = result.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => toPackage(line, root));
  return packages.sort((one, other) => (one.package < other.package ? -1 : 1));
}

/** One line of `--print-uris`: the address in quotes, the file's name in apt's cache, its size, its hash. */
const planLine =
  /^'file:(?<file>[^']+)' (?<name>[^_ ]+)_(?<version>[^_ ]+)_(?<architecture>[^_ ]+)\.deb (?<size>\d{1,15}) SHA256:(?<hex>\S+)$/;

function toPackage(line: string, root: AptRoot): LockedPackage {
  const { file, name, version, architecture, size, hex } = planLine.exec(line)?.groups ?? {};
  const archive = `${root.archiveOf('')}/`;
  const digest = `sha256:${String(hex)}`;
  if (
    file?.startsWith(archive) !== true ||
    name === undefined ||
    version === undefined ||
    architecture === undefined ||
    !isDigest(digest)
  ) {
    throw new WireOfflineError('APT_UNSOLVABLE', {
      message: `apt-get --print-uris: expected an address, a name, a size and a SHA-256, got ${line}`,
      hint: 'the suite has no SHA-256 for this package, or this apt is too new for wire-offline',
    });
  }
  const [suite = '', ...path] = decodeURIComponent(file.slice(archive.length)).split('/');
  return {
    package: name,
    // apt writes the colon of an epoch so that it can stand in a file's name.
    version: version.replace('%3a', ':'),
    architecture,
    suite,
    path: path.join('/'),
    digest,
    sizeBytes: Number(size),
  };
}

/** The fields by which apt judges what an installed package gives and needs. */
const statusFields = [
  ...['Package', 'Essential', 'Priority', 'Architecture', 'Multi-Arch', 'Version'],
  ...['Provides', 'Pre-Depends', 'Depends', 'Conflicts', 'Breaks'],
];

/** One package of a dependency with the version it is held against. Source: Debian Policy 7.1. */
const relation = /([a-z0-9][a-z0-9+.-]+)(:any)? \((<<|<=|=|>=|>>) ([^)]+)\)/g;

/**
 * The base set as dpkg would have it, each package a hair older than the suite's: a target that was installed before
 * the last point release has older ones, so a dependency on exactly the suite's version must bring the package
 * along, and one on any version need not.
 */
async function statusOf(base: readonly LockedPackage[], root: AptRoot): Promise<string> {
  if (base.length === 0) return '';
  const versions = new Map(base.map((member) => [member.package, member.version]));
  const names = base.map((member) => `${member.package}=${member.version}`);
  const said = await mustRun(root, ['apt-cache', 'show', '--', ...names]);
  const shown = new Map((parseControl(said) ?? []).map((each) => [each.get('Package'), each]));
  return [...shown.values()]
    .map((each) => `${formatParagraph(lowered(each, versions))}Status: install ok installed\n`)
    .join('\n');
}

function lowered(
  paragraph: Paragraph,
  versions: ReadonlyMap<string, string>,
): (readonly [string, string])[] {
  return statusFields.flatMap((name) => {
    const value = paragraph.get(name);
    if (value === undefined) return [];
    if (name === 'Version') return [[name, `${value}~`] as const];
    // Among themselves the packages of the base fit together as they are.
    const fitting = value.replaceAll(
      relation,
      (whole: string, other: string, _any: unknown, _sign: unknown, version: string) =>
        versions.get(other) === version ? whole.replace(/\)$/, '~)') : whole,
    );
    return [[name, name === 'Provides' ? value : fitting] as const];
  });
}

/** Runs what cannot fail unless the machine's apt is broken. */
async function mustRun(root: AptRoot, argv: readonly [string, ...string[]]): Promise<string> {
  const result = await root.run(argv);
  if (result.exitCode === 0) return result.stdout;
  throw new WireOfflineError('TOOL_FAILED', {
    message: `${argv.slice(0, 3).join(' ')}: expected it to succeed, got exit status ${String(result.exitCode)}\n${lastWords(result, root)}`,
    hint: 'its own words are above',
  });
}

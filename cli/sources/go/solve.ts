import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import semver from 'semver';
import { z } from 'zod';
import { parseJson } from '../../input/json.js';
import { WireOfflineError } from '../../errors.js';
import { withScratchFolder } from '../../transport/scratch-folder.js';
import { lastLines, runGo, type GoCommandLine } from './run.js';
import { commandsOf, type GoSpec } from './spec.js';
import { writeWrapper } from './wrapper.js';

export interface Solved {
  readonly goMod: string;
  readonly goSum: string;
}

/**
 * Solves the wrapper module of a component and looks at the commands in it.
 *
 * @throws {WireOfflineError} GO_MODULE_UNKNOWN, GO_TOOLCHAIN_UNSUITABLE, GO_UNSOLVABLE, GO_COMMAND_UNKNOWN, GO_NEEDS_CGO.
 */
export async function solve(spec: GoSpec, go: GoCommandLine): Promise<Solved> {
  return withScratchFolder(async (folder) => {
    await findModule(spec, go, folder);
    await writeWrapper(folder, spec);
    const tidy = await runGo(go, { words: ['mod', 'tidy'], folder, solving: true });
    if (tidy.exitCode !== 0) {
      throw new WireOfflineError('GO_UNSOLVABLE', {
        message: `Go module ${spec.module}@${spec.version}: expected its requirements to be solved, got\n${lastLines(tidy)}`,
        hint: 'replace directives of its go.mod must be said again in replaces',
      });
    }
    await checkCommands(spec, go, folder);
    const [goMod, goSum] = await Promise.all(
      ['go.mod', 'go.sum'].map((name) => readFile(join(folder, name), 'utf8')),
    );
    if (goMod === undefined || goSum === undefined) throw new TypeError('two files were read');
    return { goMod, goSum };
  });
}

const downloadSchema = z.object({ Error: z.string().optional(), GoMod: z.string().optional() });

/** Asks for the module alone first: what is wrong with it is then not hidden among its requirements. */
async function findModule(spec: GoSpec, go: GoCommandLine, folder: string): Promise<void> {
  const module = `${spec.module}@${spec.version}`;
  const result = await runGo(go, { words: ['mod', 'download', '-json', module], folder });
  const said = downloadSchema.safeParse(parseJson(result.stdout));
  const file = said.success ? said.data.GoMod : undefined;
  if (result.exitCode !== 0 || file === undefined) {
    const got = (said.success ? said.data.Error : undefined) ?? lastLines(result);
    throw new WireOfflineError('GO_MODULE_UNKNOWN', {
      message: `Go module ${module}: expected it from the module proxy, got ${got}`,
      hint: 'look at the module and the version, and at GOPROXY',
    });
  }
  const wanted = /^go (?<release>[0-9.]+)/m.exec(await readFile(file, 'utf8'))?.groups?.['release'];
  const has = semver.coerce(spec.toolchain.slice('go'.length));
  const needs = semver.coerce(wanted ?? '1.0');
  if (has === null || needs === null || semver.gte(has, needs)) return;
  throw new WireOfflineError('GO_TOOLCHAIN_UNSUITABLE', {
    message: `Go module ${module}: expected a toolchain of go${String(wanted)} or newer, got ${spec.toolchain}`,
    hint: `toolchain: go${needs.version}`,
  });
}

async function checkCommands(spec: GoSpec, go: GoCommandLine, folder: string): Promise<void> {
  const broken = await listPackages(spec, go, { folder, which: '{{if .Error}}' });
  if (broken.length > 0) {
    const cgo = await packagesWithCgo(spec, go, folder);
    const needed = broken.filter((one) => cgo.includes(one));
    if (needed.length > 0) throw needsCgo(spec, needed);
  }
  const commands = commandsOf(spec).map(({ importPath }) => importPath);
  const programs = await listPackages(spec, go, { folder, which: '{{if eq .Name "main"}}' });
  const missing = commands.filter((one) => !programs.includes(one));
  if (missing.length === 0) return;
  throw new WireOfflineError('GO_COMMAND_UNKNOWN', {
    message: `Go module ${spec.module}@${spec.version}: expected commands ${commands.join(', ')}, got none at ${missing.join(', ')}`,
    hint: 'name packages that are programs; a function that is one goes into mains',
  });
}

/** Packages outside the standard library that have files in C. */
function packagesWithCgo(
  spec: GoSpec,
  go: GoCommandLine,
  folder: string,
): Promise<readonly string[]> {
  return listPackages(spec, go, {
    folder,
    which: '{{if and .CgoFiles (not .Standard)}}',
    cgo: true,
  });
}

/** Of the packages with files in C, those that a package which did not build is or imports. */
export async function cgoBehind(
  failed: readonly string[],
  ask: { readonly spec: GoSpec; readonly go: GoCommandLine; readonly folder: string },
): Promise<readonly string[]> {
  const { spec, go, folder } = ask;
  const cgo = await packagesWithCgo(spec, go, folder);
  const which = '{{if .Name}}{{join .Imports "\\n"}}{{"\\n"}}{{end}}';
  const imports = await goList(go, { folder, words: ['-f', which, '--', ...failed] });
  return cgo.filter((one) => failed.includes(one) || imports.includes(one));
}

export function needsCgo(spec: GoSpec, packages: readonly string[]): WireOfflineError {
  return new WireOfflineError('GO_NEEDS_CGO', {
    message: `Go module ${spec.module}@${spec.version}: expected Go alone, got C in ${packages.join(', ')}`,
    hint: 'only what builds without cgo can be a component of kind go; look for a build tag that leaves the C out',
  });
}

async function listPackages(
  spec: GoSpec,
  go: GoCommandLine,
  ask: { readonly folder: string; readonly which: string; readonly cgo?: boolean },
): Promise<readonly string[]> {
  const { folder, which, cgo = false } = ask;
  const commands = commandsOf(spec).map(({ importPath }) => importPath);
  const tags = spec.tags.length === 0 ? [] : ['-tags', spec.tags.join(',')];
  const format = `${which}{{.ImportPath}}{{end}}`;
  const words = ['-deps', ...tags, '-f', format, '--', ...commands];
  return goList(go, { folder, words, cgo });
}

async function goList(
  go: GoCommandLine,
  ask: { readonly folder: string; readonly words: readonly string[]; readonly cgo?: boolean },
): Promise<readonly string[]> {
  const { folder, cgo = false } = ask;
  const words = ['list', '-e', ...ask.words];
  const { stdout } = await runGo(go, { words, folder, cgo });
  return stdout.split('\n').filter((line) => line !== '');
}

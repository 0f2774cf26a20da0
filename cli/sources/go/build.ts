import { createReadStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Blob } from '../../digest.js';
import { WireOfflineError } from '../../errors.js';
import { withScratchFolder } from '../../transport/scratch-folder.js';
import { lastLines, runGo, type GoCommandLine } from './run.js';
import { needsCgo, cgoBehind } from './solve.js';
import { commandsOf, type GoPin, type GoSpec } from './spec.js';
import { writeWrapper } from './wrapper.js';

/**
 * Builds all commands of a component with one `go build` and puts them into the store, by their names.
 * The same spec and pin give the same bytes in whatever folder and on whatever machine.
 *
 * @throws {WireOfflineError} GO_MODULES_MISMATCH, GO_BUILD_FAILED, GO_NEEDS_CGO.
 */
export async function build(
  spec: GoSpec,
  pin: GoPin,
  go: GoCommandLine,
): Promise<Readonly<Record<string, Blob>>> {
  return withScratchFolder(async (folder) => {
    await writeWrapper(folder, spec, pin);
    await proveModules(spec, go, folder);
    const out = join(folder, 'out');
    await mkdir(out);
    const result = await runGo(go, { words: buildWords(spec, out), folder });
    if (result.exitCode !== 0) {
      const said = lastLines(result);
      const needed = await cgoBehind(failedPackages(result.stderr), { spec, go, folder });
      if (needed.length > 0) throw needsCgo(spec, needed);
      throw failed(spec, said);
    }
    return store(spec, go, out);
  });
}

/** The words of `go` that build a component's commands into a folder. */
export function buildWords(spec: GoSpec, out: string): readonly string[] {
  const tags = spec.tags.length === 0 ? [] : ['-tags', spec.tags.join(',')];
  const flags = ['-s', '-w', '-buildid=', ...spec.ldflags].join(' ');
  const commands = commandsOf(spec).map(({ importPath }) => importPath);
  return [
    ...['build', '-trimpath', '-buildvcs=false', ...tags],
    ...['-ldflags', flags, '-o', `${out}/`, '--', ...commands],
  ];
}

/** What `go build` could not compile: it heads the errors of each package with a line of its own. */
export function failedPackages(stderr: string): readonly string[] {
  return [...stderr.matchAll(/^# (?<path>[A-Za-z0-9._~/-]+)$/gm)].map(([, path = '']) => path);
}

/** Go checks a module when it downloads it; one that lies in the cache is hashed again before it is used. */
async function proveModules(spec: GoSpec, go: GoCommandLine, folder: string): Promise<void> {
  const download = await runGo(go, { words: ['mod', 'download'], folder });
  if (download.exitCode !== 0) throw failed(spec, lastLines(download));
  const verify = await runGo(go, { words: ['mod', 'verify'], folder });
  if (verify.exitCode === 0) return;
  throw new WireOfflineError('GO_MODULES_MISMATCH', {
    message: `Go module ${spec.module}@${spec.version}: expected the modules in the cache as the lock pins them, got\n${lastLines(verify)}`,
    hint: `rm -r ${join(go.tools.cacheFolder, 'go', 'modules')}, then run the command again`,
  });
}

async function store(
  spec: GoSpec,
  go: GoCommandLine,
  out: string,
): Promise<Readonly<Record<string, Blob>>> {
  const made: Record<string, Blob> = {};
  const names = commandsOf(spec).map(({ name }) => name);
  const got = await readdir(out);
  const missing = names.filter((name) => !got.includes(name));
  if (missing.length > 0) throw failed(spec, `no file ${missing.join(', ')}`);
  for (const name of names) {
    const { digest, sizeBytes } = await go.tools.store.put(createReadStream(join(out, name)));
    made[name] = { digest, sizeBytes };
  }
  return made;
}

function failed(spec: GoSpec, said: string): WireOfflineError {
  return new WireOfflineError('GO_BUILD_FAILED', {
    message: `Go module ${spec.module}@${spec.version}: expected it to build, got\n${said}`,
    hint: 'its last lines are above; a lock that was edited by hand is made anew by wire-offline recipe lock',
  });
}

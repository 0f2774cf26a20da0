import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, copyFile, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { goSource } from '../../../cli/sources/go/go.js';
import type { GoPin, GoSpec } from '../../../cli/sources/go/spec.js';
import { startSourceRun, type SourceRun } from '../../helpers/source-run.js';

/** A small program with a requirement, through the module proxy of this machine. */
const hello = {
  module: 'golang.org/x/example/hello',
  version: 'v0.0.0-20250915201037-7f05d217867b',
  packages: ['.'],
  mains: {
    sleep: { import: 'golang.org/x/example/hello/reverse', call: 'String()' },
  },
  toolchain: 'go1.26.8',
};

describe('commands built from Go modules', () => {
  let run: SourceRun;
  const go = goSource();
  const lock = (said: unknown) => go.lock(go.specSchema.parse(said), run.tools);
  beforeAll(async () => {
    run = await startSourceRun();
  });
  afterAll(() => run.end());

  describe('of a small program', () => {
    let spec: GoSpec;
    let pin: GoPin;
    beforeAll(async () => {
      spec = go.specSchema.parse({ ...hello, mains: {} });
      pin = go.pinSchema.parse(await go.lock(spec, run.tools));
    }, 600_000);

    it('pin the toolchain and every module by the hash that the checksum database has', () => {
      expect(pin.toolchain.hashes['linux-amd64']).toBe(
        'h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=',
      );
      expect(pin.goSum).toContain(
        `golang.org/x/example/hello ${hello.version} h1:+gZE2jOdiscYByu0606Uw8Ldir2Cecd39Vq/3IEasRA=\n`,
      );
    });

    it('are static programs that run', async () => {
      const collected = await go.collect(spec, pin, run.tools);
      expect(collected.items).toMatchObject([{ name: 'hello', path: 'hello', executable: true }]);
      const [item] = collected.items;
      const stored =
        item?.kind === 'file' ? await run.tools.store.verified(item.blob.digest) : undefined;
      const program = join(run.cache, 'hello');
      await copyFile(stored?.file ?? '', program);
      await chmod(program, 0o755);
      const { stdout } = await promisify(execFile)(program, []);
      expect(stdout).toBe('Hello, world!\n');
    }, 600_000);

    it('are byte-identical when built again elsewhere with nothing cached but the toolchain', async () => {
      const first = await go.collect(spec, pin, run.tools);
      await rm(join(run.cache, 'go', 'build'), { recursive: true });
      await rm(join(run.cache, 'go', 'modules'), { recursive: true });
      const other = await startSourceRun();
      try {
        const tools = { ...other.tools, cacheFolder: run.cache };
        expect(await goSource().collect(spec, pin, tools)).toEqual(first);
      } finally {
        await other.end();
      }
    }, 600_000);

    it('are not built with a toolchain that was changed in the cache', async () => {
      const folder = join(run.cache, 'go', 'toolchain');
      const [name = ''] = await readdir(folder);
      await appendFile(join(folder, name, 'src', 'fmt', 'print.go'), '\n// changed\n');
      const other = await startSourceRun();
      const empty = createServer((_, answer) => answer.writeHead(404).end());
      await once(empty.listen(0, '127.0.0.1'), 'listening');
      try {
        const mirrors = [`http://127.0.0.1:${String(portOf(empty))}`];
        const tools = { ...other.tools, cacheFolder: run.cache, mirrors };
        await expect(goSource().collect(spec, pin, tools)).rejects.toMatchObject({
          code: 'SOURCE_GONE',
        });
      } finally {
        empty.close();
        await other.end();
      }
    }, 600_000);
  });

  it.each([
    [
      'a version that the proxy does not have',
      { ...hello, mains: {}, version: 'v9.9.9' },
      'GO_MODULE_UNKNOWN',
    ],
    [
      'a release of Go that there never was',
      { ...hello, mains: {}, toolchain: 'go1.26.999' },
      'GO_MODULE_UNKNOWN',
    ],
    [
      'a package that is no program',
      { ...hello, mains: {}, packages: ['./reverse'] },
      'GO_COMMAND_UNKNOWN',
    ],
  ])(
    'refuse %s',
    async (_, said, code) => {
      await expect(lock(said)).rejects.toMatchObject({ code });
    },
    600_000,
  );

  it('are not built from what is written in C', async () => {
    const module = 'github.com/mattn/go-pointer';
    const spec = go.specSchema.parse({
      module,
      version: 'v0.0.1',
      mains: { pointer: { import: module, call: 'Unref()' } },
      toolchain: hello.toolchain,
    });
    const pin = await go.lock(spec, run.tools);
    await expect(go.collect(spec, pin, run.tools)).rejects.toMatchObject({
      code: 'GO_NEEDS_CGO',
      message: expect.stringContaining(`got C in ${module}`),
    });
  }, 600_000);

  it('end with the last words of the compiler where they do not build', async () => {
    const pin = await lock(hello);
    const spec = go.specSchema.parse(hello);
    await expect(go.collect(spec, pin, run.tools)).rejects.toMatchObject({
      code: 'GO_BUILD_FAILED',
      message: expect.stringContaining('not enough arguments in call to entry.String'),
    });
  }, 600_000);
});

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new TypeError('the server listens on a port');
  return address.port;
}

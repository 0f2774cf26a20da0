import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runLocal, type LocalResult } from '../../transport/local.js';
import type { GoSettings } from './settings.js';
import type { SourceTools } from '../source.js';

/** A pinned toolchain and the machine's settings for it. */
export interface GoCommandLine {
  readonly root: string;
  readonly settings: GoSettings;
  readonly tools: SourceTools;
  readonly arch: 'amd64' | 'arm64';
}

export interface GoRun {
  readonly words: readonly string[];
  /** The folder of the wrapper module. */
  readonly folder: string;
  /** Whether go.mod and go.sum may change. */
  readonly solving?: boolean;
  /** Only to ask which packages would want it; nothing is ever built with it. */
  readonly cgo?: boolean;
}

/** What of the machine reaches Go: the way out, who may be trusted on it, and where temporary files go. */
const passedOn = [
  'PATH',
  'HOME',
  'TMPDIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
] as const;

/** Runs the pinned toolchain, and no other Go, in caches of its own. */
export async function runGo(go: GoCommandLine, run: GoRun): Promise<LocalResult> {
  const { root, settings, tools, arch } = go;
  const cache = join(tools.cacheFolder, 'go');
  await mkdir(cache, { recursive: true, mode: 0o700 });
  return runLocal({
    argv: [join(root, 'bin', 'go'), ...run.words],
    cwd: run.folder,
    env: {
      ...Object.fromEntries(passedOn.map((name) => [name, tools.env[name]])),
      GOROOT: root,
      GOPATH: join(cache, 'path'),
      GOMODCACHE: join(cache, 'modules'),
      GOCACHE: join(cache, 'build'),
      // Keeps Go's own settings file and its telemetry counters out of it.
      GOENV: 'off',
      XDG_CONFIG_HOME: join(cache, 'config'),
      GOPROXY: settings.proxy,
      GOSUMDB: settings.sumDatabase.setting,
      GOTOOLCHAIN: 'local',
      GOWORK: 'off',
      GOFLAGS: `-mod=${run.solving === true ? 'mod' : 'readonly'} -modcacherw`,
      GOOS: 'linux',
      GOARCH: arch,
      GOAMD64: 'v1',
      GOARM64: 'v8.0',
      CGO_ENABLED: run.cgo === true ? '1' : '0',
    },
    signal: tools.signal,
  });
}

/** The last lines of what Go said, where it says what is wrong. */
export function lastLines({ stderr, stdout }: LocalResult, count = 20): string {
  return `${stdout}\n${stderr}`.trim().split('\n').slice(-count).join('\n');
}

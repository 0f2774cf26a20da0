import { z } from 'zod';
import { parseJson } from '../../input/json.js';
import { WireOfflineError } from '../../errors.js';
import { pythonProgram, runPython } from './pip.js';
import type { SourceTools } from '../source.js';

/** Where this machine's pip goes for packages. */
export interface PypiSettings {
  /** The simple indexes, without credentials and with a slash at the end, in the order to be asked. */
  readonly indexes: readonly string[];
  /** What pip is to be told of them, and of the way there. */
  readonly env: Readonly<Record<string, string>>;
  readonly headersFor: (url: string) => Readonly<Record<string, string>>;
}

const saidSchema = z.object({
  index: z.string(),
  extra: z.array(z.string()),
  cert: z.string().nullable(),
  proxy: z.string().nullable(),
});

/**
 * pip's settings on this machine, or `mirrors` in the place of its indexes.
 *
 * @throws {WireOfflineError} PYPI_INDEX_MISSING, PYPI_FAILED, TOOL_MISSING.
 */
export async function readPypiSettings(tools: SourceTools): Promise<PypiSettings> {
  const { stdout, stderr, exitCode } = await runPython({
    program: pythonProgram.settings,
    words: [],
    env: tools.env,
    tools,
  });
  const said = saidSchema.safeParse(parseJson(stdout));
  if (exitCode !== 0 || !said.success)
    throw new WireOfflineError('PYPI_FAILED', {
      message: `pip: expected it to name its index, got ${stderr.trim().split('\n').slice(-3).join('\n')}`,
      hint: 'python3 -m pip config list',
    });
  const { index, extra, cert, proxy } = said.data;
  const [first, ...rest] = tools.mirrors.length > 0 ? tools.mirrors : [index, ...extra];
  const urls = [first, ...rest].flatMap((url = '') =>
    isIndex(url) ? [withSlash(new URL(url))] : [],
  );
  if (urls.length === 0)
    throw new WireOfflineError('PYPI_INDEX_MISSING', {
      message: `pip: expected a package index by http or https, got none`,
      hint: 'set index-url in pip’s configuration, or mirrors for pypi in wire-offline.yaml',
    });
  const [main = '', ...others] = urls.map(({ href }) => href);
  return {
    indexes: urls.map(({ origin, pathname }) => `${origin}${pathname}`),
    env: {
      PIP_INDEX_URL: main,
      PIP_EXTRA_INDEX_URL: others.join(' '),
      ...(cert === null ? {} : { PIP_CERT: cert }),
      ...(proxy === null ? {} : { PIP_PROXY: proxy }),
    },
    headersFor: (url) => credentialsFor(urls, url),
  };
}

function isIndex(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

function withSlash(url: URL): URL {
  const whole = new URL(url);
  if (!whole.pathname.endsWith('/')) whole.pathname += '/';
  return whole;
}

function credentialsFor(indexes: readonly URL[], url: string): Readonly<Record<string, string>> {
  const { origin } = new URL(url);
  const index = indexes.find((one) => one.origin === origin && one.username !== '');
  if (index === undefined) return {};
  const plain = `${decodeURIComponent(index.username)}:${decodeURIComponent(index.password)}`;
  return { authorization: `Basic ${Buffer.from(plain).toString('base64')}` };
}

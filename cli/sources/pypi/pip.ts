import { runLocal, type LocalResult } from '../../transport/local.js';
import { withScratchFolder } from '../../transport/scratch-folder.js';
import type { SourceTools } from '../source.js';

/**
 * Small programs around the pip of this machine.
 *
 * `settings` prints where pip goes. pip tells its default index only from within.
 *
 * `resolve` runs pip with conditions on dependencies asked against the target: by itself pip asks them of the Python
 * that it runs on, whatever Python it was told to choose wheels for (pypa/pip#11664).
 */
export const pythonProgram = {
  settings: `
import json
from pip._internal.configuration import Configuration
from pip._internal.models.index import PyPI
configuration = Configuration(isolated=False)
configuration.load()
said = []
for key, value in configuration.items():
    # Newer releases of pip keep them by the file that they stand in.
    said += value.items() if isinstance(value, dict) else [(key, value)]
flat = {}
for section in ("global.", "install.", ":env:."):
    flat.update((key[len(section):], value) for key, value in said if key.startswith(section))
print(json.dumps({
    "index": flat.get("index-url") or PyPI.simple_url,
    "extra": (flat.get("extra-index-url") or "").split(),
    "cert": flat.get("cert"),
    "proxy": flat.get("proxy"),
}))
`,
  resolve: `
import json, sys
import pip._vendor.packaging.markers as markers
target = json.loads(sys.argv[1])
markers.default_environment = lambda: dict(target)
from pip._internal.cli.main import main
sys.exit(main(sys.argv[2:]))
`,
} as const;

/** What of the machine reaches pip besides what is said of it here. */
const passedOn = [
  ...['PATH', 'HOME', 'TMPDIR', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE'],
] as const;

/** Runs one of them in an empty folder, so that nothing that lies around is taken for a module. */
export async function runPython(run: {
  readonly program: string;
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tools: Pick<SourceTools, 'env' | 'signal'>;
}): Promise<LocalResult> {
  const { program, words, env, tools } = run;
  const own = Object.fromEntries(passedOn.map((name) => [name, tools.env[name]]));
  return withScratchFolder((folder) =>
    runLocal({
      argv: ['python3', '-c', program, ...words],
      cwd: folder,
      env: { ...own, ...env, PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1' },
      signal: tools.signal,
      from: 'python3-pip',
    }),
  );
}

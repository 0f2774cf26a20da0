import type { Collected } from '../../bundle/component.js';
import type { Blob } from '../../digest.js';
import { build } from './build.js';
import type { GoCommandLine } from './run.js';
import { readGoSettings, type GoSettings } from './settings.js';
import { solve } from './solve.js';
import { goPinSchema, goSpecSchema, type GoPin, type GoSpec } from './spec.js';
import { lookUpHash } from './sum-database.js';
import {
  thisPlatform,
  toolchainModule,
  toolchainRoot,
  toolchainVersion,
  type ToolchainPlatform,
} from './toolchain.js';
import { sourcesOf } from './wrapper.js';
import type { Source, SourceTools } from '../source.js';

/**
 * Static binaries built from Go modules by a pinned toolchain. Modules and toolchain are proven by the checksum
 * database when they are locked, and by the lock from then on. What was built once is taken from the store.
 */
export function goSource(): Source<GoSpec, GoPin> {
  const turns = new Turns();
  return {
    kind: 'go',
    specSchema: goSpecSchema,
    pinSchema: goPinSchema,

    /**
     * @throws {WireOfflineError} GO_PROXY_UNUSABLE, GO_SUM_DATABASE_OFF, GO_SUM_DATABASE_INVALID,
     * GO_TOOLCHAIN_MISMATCH, GO_TOOLCHAIN_UNSUITABLE, what `solve` throws.
     */
    async lock(spec, tools) {
      const settings = await readGoSettings(tools);
      const toolchain = await lockToolchain(spec.toolchain, settings, tools);
      return turns.take(async () => {
        const go = await goOf({ spec, toolchain, settings, tools });
        tools.note(`go: solving ${spec.module}@${spec.version}`);
        return { toolchain, ...(await solve(spec, go)) };
      });
    },

    /** @throws {WireOfflineError} GO_PROXY_UNUSABLE, GO_SUM_DATABASE_OFF, GO_TOOLCHAIN_MISMATCH, what `build` throws. */
    async collect(spec, pin, tools) {
      const key = buildKey(spec, pin);
      const made = await turns.take(async () => {
        const kept = await tools.store.derived(key);
        if (kept !== undefined) return kept;
        const settings = await readGoSettings(tools);
        const go = await goOf({ spec, toolchain: pin.toolchain, settings, tools });
        tools.note(`go: building ${spec.module}@${spec.version}`);
        const fresh = await build(spec, pin, go);
        await tools.store.putDerived(key, fresh);
        return fresh;
      });
      return collected(spec, pin, made);
    },
  };
}

/** One after the other: a build takes all cores and much memory, and what two of them share is built once. */
class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work, work);
    this.#last = mine;
    return mine;
  }
}

type Toolchain = GoPin['toolchain'];

async function lockToolchain(
  release: string,
  settings: GoSettings,
  tools: SourceTools,
): Promise<Toolchain> {
  const hashOf = (platform: ToolchainPlatform) =>
    lookUpHash(
      { path: toolchainModule, version: toolchainVersion(release, platform) },
      { settings, transfers: tools.transfers },
    );
  const [amd64, arm64] = await Promise.all([hashOf('linux-amd64'), hashOf('linux-arm64')]);
  return { release, hashes: { 'linux-amd64': amd64, 'linux-arm64': arm64 } };
}

async function goOf(from: {
  readonly spec: GoSpec;
  readonly toolchain: Toolchain;
  readonly settings: GoSettings;
  readonly tools: SourceTools;
}): Promise<GoCommandLine> {
  const { spec, toolchain, settings, tools } = from;
  const platform = thisPlatform();
  const version = toolchainVersion(toolchain.release, platform);
  const hash = toolchain.hashes[platform];
  const root = await toolchainRoot({ version, hash, settings, tools });
  return { root, settings, tools, arch: spec.arch };
}

/** All that the bytes of the output hang on: what is compiled, with which flags, by which toolchain. */
function buildKey(spec: GoSpec, pin: GoPin): string {
  const { packages, mains, module, ldflags, tags, arch } = spec;
  const sources = [...sourcesOf(spec)];
  const inputs = { packages, mains, module, ldflags, tags, arch, sources, pin };
  return `go build 1 ${JSON.stringify(inputs)}`;
}

function collected(spec: GoSpec, pin: GoPin, made: Readonly<Record<string, Blob>>): Collected {
  return {
    version: spec.version.replace(/^v/, ''),
    upstream: `go:${spec.module}@${spec.version}`,
    proof: {
      method: 'go-checksum-database',
      detail: `go.sum of the lock, built by ${pin.toolchain.release}`,
    },
    items: Object.entries(made).map(([name, { digest, sizeBytes }]) => ({
      kind: 'file',
      name,
      version: spec.version,
      path: name,
      blob: { digest, sizeBytes },
      executable: true,
    })),
  };
}

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { Header } from 'tar';
import { digestOf, hexOf } from '../../cli/digest.js';
import { tarOf } from './bundles.js';
import type { Origin } from './origin.js';

export interface TestChart {
  readonly name: string;
  readonly version: string;
  /** The `.tgz`. */
  readonly bytes: Buffer;
}

export interface ChartOptions {
  readonly name?: string;
  readonly version?: string;
  /** By their paths below the chart's folder, in the place of or besides a Chart.yaml. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** A symbolic link in it: its path and where it leads. */
  readonly link?: readonly [string, string];
}

/** Packs a chart as `helm package` does. */
export function makeChart(options: ChartOptions = {}): TestChart {
  const { name = 'web', version = '1.2.3', files = {}, link } = options;
  const metadata = `apiVersion: v2\nname: ${name}\nversion: ${version}\n`;
  const members = Object.entries({ 'Chart.yaml': metadata, ...files }).map(([path, content]) => ({
    name: `web/${path}`,
    bytes: Buffer.from(content),
  }));
  const tar = Buffer.concat([...(link === undefined ? [] : [linkMember(link)]), tarOf(members)]);
  return { name, version, bytes: gzipSync(tar) };
}

function linkMember([path, linkpath]: readonly [string, string]): Buffer {
  const header = new Header({
    path: `web/${path}`,
    linkpath,
    type: 'SymbolicLink',
    mode: 0o777,
    size: 0,
  });
  const block = Buffer.alloc(512);
  header.encode(block, 0);
  return block;
}

/** Serves a chart repository of static files, as a web server has them; gives its address. */
export function serveCharts(
  origin: Origin,
  charts: readonly TestChart[],
  change: Readonly<Record<string, unknown>> = {},
): string {
  const entries: Record<string, object[]> = {};
  for (const { name, version, bytes } of charts) {
    const path = `${name}-${version}.tgz`;
    origin.serve(`/charts/${path}`, bytes);
    const entry = { name, version, urls: [path], digest: hexOf(digestOf(bytes)), ...change };
    (entries[name] ??= []).push(entry);
  }
  const index = { apiVersion: 'v1', entries };
  origin.serve('/charts/index.yaml', Buffer.from(JSON.stringify(index)));
  return `${origin.url}/charts`;
}

/** One who makes charts, with a key in a folder of its own. */
export class ChartMaker {
  /** The public key, as gpg exports it. */
  readonly keyring: string;
  readonly #home: string;

  private constructor(folder: string) {
    this.keyring = join(folder, 'keyring.gpg');
    this.#home = join(folder, 'gpg');
  }

  static async create(folder: string): Promise<ChartMaker> {
    const maker = new ChartMaker(folder);
    await mkdir(maker.#home, { recursive: true, mode: 0o700 });
    await maker.#gpg(['--passphrase', '', '--quick-gen-key', 'maker', 'ed25519', 'sign', '0']);
    await maker.#gpg(['--export', '--output', maker.keyring]);
    return maker;
  }

  /** The `.prov` of a chart. Source: Helm documentation, "Helm Provenance and Integrity". */
  async provenance({ name, version, bytes }: TestChart): Promise<Buffer> {
    const file = join(this.#home, 'message');
    const hash = digestOf(bytes);
    const metadata = `apiVersion: v2\nname: ${name}\nversion: ${version}\n`;
    await writeFile(file, `${metadata}\n...\nfiles:\n  ${name}-${version}.tgz: ${hash}\n`);
    await this.#gpg(['--yes', '--clearsign', '--output', `${file}.prov`, file]);
    return readFile(`${file}.prov`);
  }

  /** The public key in letters. */
  async armored(): Promise<string> {
    const { stdout } = await execa('gpg', ['--homedir', this.#home, '--armor', '--export']);
    return `${stdout}\n`;
  }

  async end(): Promise<void> {
    await execa('gpgconf', ['--homedir', this.#home, '--kill', 'all']);
  }

  async #gpg(words: readonly string[]): Promise<void> {
    await execa('gpg', ['--batch', '--quiet', '--homedir', this.#home, ...words]);
  }
}

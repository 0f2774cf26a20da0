import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

const run = promisify(execFile);

/** A package to be built: what its control file says. */
export interface DebOptions {
  readonly name: string;
  readonly version: string;
  /** Further fields, such as `Depends`. */
  readonly fields?: Readonly<Record<string, string>>;
}

export interface SuiteOptions {
  readonly suite: string;
  readonly debs: readonly DebOptions[];
  /** What the signed file says of itself where that differs from its name. */
  readonly codename?: string;
  readonly date?: Date;
  readonly validUntil?: Date;
}

/** A small Debian archive in a folder, signed with a key of its own; `close` ends the key's agent. */
export class DebianArchive {
  readonly keyring: string;

  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.keyring = join(folder, 'keyring.gpg');
  }

  static async create(folder: string): Promise<DebianArchive> {
    const archive = new DebianArchive(folder);
    await mkdir(archive.#gpgHome, { recursive: true, mode: 0o700 });
    await archive.#gpg(['--passphrase', '', '--quick-gen-key', 'archive', 'ed25519', 'sign', '0']);
    await archive.#gpg(['--export', '--output', archive.keyring]);
    return archive;
  }

  async close(): Promise<void> {
    await run('gpgconf', ['--homedir', this.#gpgHome, '--kill', 'all']);
  }

  /** What a server of this archive serves. */
  get root(): string {
    return join(this.folder, 'archive');
  }

  /** Where a package lies below the root. */
  poolPath({ name, version }: DebOptions): string {
    return `pool/main/${name.slice(0, 1)}/${name}/${name}_${version.replace(/^\d+:/, '')}_amd64.deb`;
  }

  /** Builds the packages and publishes them as the whole of a suite. */
  async publish({ suite, debs, codename = suite, date, validUntil }: SuiteOptions): Promise<void> {
    const index = (await Promise.all(debs.map((deb) => this.#build(deb)))).join('\n');
    const packages = Buffer.from(index);
    const files = new Map([
      ['main/binary-amd64/Packages', packages],
      ['main/binary-amd64/Packages.gz', gzipSync(packages)],
    ]);
    for (const [path, bytes] of files) await this.write(`dists/${suite}/${path}`, bytes);
    const release = [
      `Origin: Test`,
      `Suite: ${codename}`,
      `Codename: ${codename}`,
      `Date: ${inWords(date ?? new Date())}`,
      ...(validUntil === undefined ? [] : [`Valid-Until: ${inWords(validUntil)}`]),
      'Architectures: amd64',
      'Components: main',
      'SHA256:',
      ...[...files].map(([path, bytes]) => ` ${sha256(bytes)} ${String(bytes.length)} ${path}`),
      '',
    ].join('\n');
    await this.write('Release', Buffer.from(release));
    const signed = join(this.root, `dists/${suite}/InRelease`);
    await rm(signed, { force: true });
    await this.#gpg(['--clearsign', '--output', signed, join(this.root, 'Release')]);
  }

  /** Puts bytes at a path below the root. */
  async write(path: string, bytes: Uint8Array): Promise<void> {
    const file = join(this.root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }

  /** Changes one byte of a file below the root. */
  async flipByte(path: string, offset: number): Promise<void> {
    const bytes = await readFile(join(this.root, path));
    bytes[offset] = (bytes[offset] ?? 0) ^ 1;
    await this.write(path, bytes);
  }

  async remove(path: string): Promise<void> {
    await rm(join(this.root, path));
  }

  get #gpgHome(): string {
    return join(this.folder, 'gpg');
  }

  async #gpg(words: readonly string[]): Promise<void> {
    await run('gpg', ['--batch', '--quiet', '--homedir', this.#gpgHome, ...words]);
  }

  /** Builds a package and gives its paragraph in the index. */
  async #build(deb: DebOptions): Promise<string> {
    const control = [
      `Package: ${deb.name}`,
      `Version: ${deb.version}`,
      'Architecture: amd64',
      'Maintainer: Test <test@example.org>',
      ...Object.entries(deb.fields ?? {}).map(([name, value]) => `${name}: ${value}`),
      'Description: a package of a test',
      ' with a second line',
      '',
    ].join('\n');
    const tree = join(this.folder, 'build', `${deb.name}_${deb.version}`);
    await mkdir(join(tree, 'DEBIAN'), { recursive: true });
    await writeFile(join(tree, 'DEBIAN/control'), control);
    const path = this.poolPath(deb);
    const file = join(this.root, path);
    await mkdir(dirname(file), { recursive: true });
    const env = { ...process.env, SOURCE_DATE_EPOCH: '0' };
    await run('dpkg-deb', ['--root-owner-group', '--build', tree, file], { env });
    const bytes = await readFile(file);
    return `${control}Filename: ${path}\nSize: ${String(bytes.length)}\nSHA256: ${sha256(bytes)}\n`;
  }
}

function inWords(date: Date): string {
  return date.toUTCString().replace('GMT', 'UTC');
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

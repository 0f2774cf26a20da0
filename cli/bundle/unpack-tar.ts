import { createReadStream } from 'node:fs';
import { Parser, type ReadEntry } from 'tar';
import { WireOfflineError } from '../errors.js';

/** A member of an archive of somebody else's, while its bytes pass by. */
export interface ArchiveMember {
  /** Below the archive's top folder; forward slashes, plain names only. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly executable: boolean;
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface ForeignArchive {
  /** A tar, compressed with gzip or not; its bytes are proven already. */
  readonly file: string;
  /** What the error calls it. */
  readonly label: string;
  readonly maxMembers: number;
  /** The sum of all members, unpacked. */
  readonly maxBytes: number;
}

/**
 * Hands the wanted members of a tar of somebody else's, or all, to `take`, one after the other, and reads past the rest.
 * The whole archive is held to the rules, wanted or not: regular files and folders only, plain relative names.
 *
 * @throws {WireOfflineError} ARCHIVE_UNSAFE for links, devices, names that leave the folder, doubled members and
 * anything past the caps; ARCHIVE_INVALID for what is no tar. What `take` throws as it is.
 */
export async function readTarMembers<T>(
  archive: ForeignArchive,
  wanted: ReadonlySet<string> | 'all',
  take: (member: ArchiveMember) => Promise<T>,
): Promise<ReadonlyMap<string, T>> {
  const taken = new Map<string, T>();
  const reading = new Reading(archive, async (path, entry) => {
    if (wanted !== 'all' && !wanted.has(path)) return false;
    const executable = ((entry.mode ?? 0) & 0o100) !== 0;
    taken.set(path, await take({ path, sizeBytes: entry.size, executable, bytes: entry }));
    return true;
  });
  await reading.run();
  return taken;
}

type OnMember = (path: string, entry: ReadEntry) => Promise<boolean>;

/** One pass over an archive: the parser tells by events, this turns them into one promise. */
class Reading {
  readonly #archive: ForeignArchive;
  readonly #onMember: OnMember;
  readonly #parser = new Parser({ strict: true });
  readonly #seen = new Set<string>();
  #bytes = 0;
  #ended = false;
  #underWay: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(archive: ForeignArchive, onMember: OnMember) {
    this.#archive = archive;
    this.#onMember = onMember;
    this.#parser.on('entry', (entry: ReadEntry) => {
      this.#underWay = both(this.#underWay, this.#read(entry));
    });
    this.#parser.on('ignoredEntry', (entry: ReadEntry) => {
      this.#fail(this.#unsafe(entry.path, `a member of type ${entry.type}`));
    });
    this.#parser.on('error', (cause: unknown) => {
      this.#fail(this.#invalid(cause));
    });
    this.#parser.on('drain', () => this.#wake?.());
    this.#parser.on('end', () => {
      this.#ended = true;
      this.#wake?.();
    });
  }

  async run(): Promise<void> {
    const chunks: AsyncIterable<Buffer> = createReadStream(this.#archive.file);
    for await (const chunk of chunks) {
      const drained = this.#woken();
      const more = this.#parser.write(chunk);
      if (this.#failure !== undefined) break;
      if (!more) await drained;
    }
    const ended = this.#woken();
    if (this.#failure === undefined) this.#parser.end();
    if (this.#failure === undefined && !this.#ended) await ended;
    await this.#underWay;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #read(entry: ReadEntry): Promise<void> {
    try {
      const path = this.#admit(entry);
      if (path !== undefined && (await this.#onMember(path, entry))) return;
    } catch (error) {
      this.#fail(error);
    }
    entry.resume();
  }

  /** The member's path below the top folder; nothing for a folder. */
  #admit(entry: ReadEntry): string | undefined {
    if (entry.type === 'Directory') return undefined;
    if (entry.type !== 'File' && entry.type !== 'OldFile')
      throw this.#unsafe(entry.path, `a member of type ${entry.type}`);
    const path = plainPath.exec(entry.path)?.groups?.['path'];
    if (path === undefined || path.split('/').some(isDots))
      throw this.#unsafe(entry.path, 'a name that is not plain');
    if (this.#seen.has(path)) throw this.#unsafe(path, 'the same name twice');
    this.#seen.add(path);
    this.#bytes += entry.size;
    if (this.#seen.size > this.#archive.maxMembers || this.#bytes > this.#archive.maxBytes)
      throw this.#unsafe(
        path,
        `more than ${String(this.#archive.maxMembers)} members or ${String(this.#archive.maxBytes)} bytes`,
      );
    return path;
  }

  /** Resolves at the next drain, end or failure. */
  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake?.();
  }

  #unsafe(path: string, got: string): WireOfflineError {
    return new WireOfflineError('ARCHIVE_UNSAFE', {
      message: `${this.#archive.label}: ${JSON.stringify(path.slice(0, 200))}: expected regular files with plain relative names, got ${got}`,
      hint: 'do not use this package; tell its publisher',
    });
  }

  #invalid(cause: unknown): WireOfflineError {
    return new WireOfflineError('ARCHIVE_INVALID', {
      message: `${this.#archive.label}: expected a tar, got ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'do not use this package; tell its publisher',
      cause,
    });
  }
}

/** One top folder, whatever its name, then names without backslashes, control characters or empty parts. */
const plainPath = /^(?:\.\/)?[^/\\\p{Cc}]+\/(?<path>(?:[^/\\\p{Cc}]+\/)*[^/\\\p{Cc}]+)$/u;

async function both(one: Promise<void>, other: Promise<void>): Promise<void> {
  await one;
  await other;
}

function isDots(part: string): boolean {
  return part === '.' || part === '..';
}

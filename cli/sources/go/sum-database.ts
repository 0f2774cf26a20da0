import { WireOfflineError } from '../../errors.js';
import { goHashSchema, escapePath } from './names.js';
import { openNote } from './note.js';
import type { GoSettings } from './settings.js';
import { rootWith, tilePath, type Tile } from './tree.js';
import type { Document, Transfers } from '../transfer/transfers.js';

export interface ModuleVersion {
  readonly path: string;
  readonly version: string;
}

interface Asking {
  readonly settings: GoSettings;
  readonly transfers: Transfers;
}

const maxDocumentBytes = 64 * 1024;

/**
 * The directory hash of a module that the checksum database has in its log. The log's head is signed by the
 * database's key, and the record is proven to be in that log; who passes the answers on needs no trust.
 *
 * @throws {WireOfflineError} GO_MODULE_UNKNOWN, GO_SUM_DATABASE_INVALID.
 */
export async function lookUpHash(module: ModuleVersion, asking: Asking): Promise<string> {
  const base = await findBase(asking);
  const name = `${escapePath(module.path)}@${escapePath(module.version)}`;
  const answer = await ask(asking, `${base}/lookup/${name}`);
  if (answer.status !== 200) throw unknown(module, answer);
  const record = parseRecord(Buffer.from(answer.bytes).toString('utf8'));
  const head = parseHead(openNote(record.note, asking.settings.sumDatabase.key));
  if (record.index >= head.size) throw invalid('a record of the signed log', 'one past its end');
  const root = await rootWith({ ...record, size: head.size }, (tile) =>
    readTile(tile, { asking, base }),
  );
  if (!root.equals(head.root)) throw invalid('a record of the signed log', 'one that is not in it');
  return hashIn(record.text, module);
}

/** A record's number, its text and the signed head of a log that has it. Source: tlog, ParseRecord. */
export function parseRecord(answer: string): { index: number; text: string; note: string } {
  const { index, text, note } =
    /^(?<index>[0-9]{1,15})\n(?<text>(?:[^\n]+\n)+)\n(?<note>.*)$/su.exec(answer)?.groups ?? {};
  if (index === undefined || text === undefined || note === undefined)
    throw invalid('a record and a signed note', JSON.stringify(answer.slice(0, 100)));
  return { index: Number(index), text, note };
}

/** The size and root of the log. Source: tlog, ParseTree. */
export function parseHead(text: string): { size: number; root: Buffer } {
  const { size, root } =
    /^go\.sum database tree\n(?<size>[0-9]{1,15})\n(?<root>[A-Za-z0-9+/]{43}=)\n/.exec(text)
      ?.groups ?? {};
  if (size === undefined || root === undefined)
    throw invalid('the head of a log', JSON.stringify(text.slice(0, 100)));
  return { size: Number(size), root: Buffer.from(root, 'base64') };
}

function hashIn(text: string, { path, version }: ModuleVersion): string {
  const prefix = `${path} ${version} `;
  const line = text.split('\n').find((one) => one.startsWith(prefix));
  const hash = goHashSchema.safeParse(line?.slice(prefix.length));
  if (hash.success) return hash.data;
  throw invalid(`a hash of ${path} ${version}`, JSON.stringify(text.slice(0, 200)));
}

/** Where it is set, else the first proxy that passes the database on, else the database itself. Source: Go Modules Reference. */
async function findBase(asking: Asking): Promise<string> {
  const { sumDatabase, proxies } = asking.settings;
  if (sumDatabase.url !== undefined) return sumDatabase.url;
  for (const proxy of proxies) {
    const base = `${proxy}/sumdb/${sumDatabase.name}`;
    const { status } = await ask(asking, `${base}/supported`);
    if (status === 200) return base;
  }
  return `https://${sumDatabase.name}`;
}

async function readTile(
  tile: Tile,
  { asking, base }: { readonly asking: Asking; readonly base: string },
): Promise<Uint8Array> {
  const { status, bytes } = await ask(asking, `${base}/${tilePath(tile)}`);
  const wantedBytes = tile.width * 32;
  if (status === 200 && bytes.byteLength === wantedBytes) return bytes;
  throw invalid(
    `${String(wantedBytes)} bytes of ${tilePath(tile)}`,
    `HTTP status ${String(status)} with ${String(bytes.byteLength)} bytes`,
  );
}

function ask({ settings, transfers }: Asking, url: string): Promise<Document> {
  return transfers.fetchDocument({
    url,
    headers: settings.headersFor(url),
    maxBytes: maxDocumentBytes,
  });
}

function unknown({ path, version }: ModuleVersion, { status, url }: Document): WireOfflineError {
  return new WireOfflineError('GO_MODULE_UNKNOWN', {
    message: `Go module ${path}@${version}: expected the checksum database to know it, got HTTP status ${String(status)} from ${url}`,
    hint: 'look at the module and the version',
  });
}

function invalid(expected: string, got: string): WireOfflineError {
  return new WireOfflineError('GO_SUM_DATABASE_INVALID', {
    message: `Go checksum database: expected ${expected}, got ${got}`,
    hint: 'somebody may stand between you and the database: try from another network, and look at GOPROXY and GOSUMDB',
  });
}

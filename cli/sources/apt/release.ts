import type { Blob } from '../../digest.js';
import { isDigest } from '../../digest.js';
import { parseControl, type Paragraph } from './control.js';

/** What this tool needs of a suite's signed state. */
export interface Release {
  readonly suite: string;
  readonly codename: string;
  readonly date: Date;
  readonly components: readonly string[];
  readonly architectures: readonly string[];
  /** Whether packages for all architectures stand in an index of their own. */
  readonly separateAll: boolean;
  readonly byHash: boolean;
  /** The indexes by their path below the suite, from the SHA256 section. */
  readonly indexes: ReadonlyMap<string, Blob>;
}

const signedStart = '-----BEGIN PGP SIGNED MESSAGE-----\n';
const signatureStart = '\n-----BEGIN PGP SIGNATURE-----\n';

/**
 * The signed part of an InRelease file whose signature apt has verified, or `undefined` where it is not of the form
 * that Debian archives have. Source: RFC 4880 section 7, "Cleartext Signature Framework".
 */
export function parseInRelease(text: string): Release | undefined {
  const start = text.indexOf('\n\n');
  const end = text.indexOf(signatureStart);
  if (!text.startsWith(signedStart) || start < 0 || end < start) return undefined;
  const signed = text.slice(start + 2, end).replaceAll(/^- /gm, '');
  const [paragraph, second] = parseControl(signed) ?? [];
  return paragraph === undefined || second !== undefined ? undefined : toRelease(paragraph);
}

function toRelease(paragraph: Paragraph): Release | undefined {
  const field = (name: string): string => paragraph.get(name) ?? '';
  const words = (name: string): string[] => field(name).split(/\s+/).filter(Boolean);
  const date = new Date(field('Date'));
  const indexes = parseIndexes(field('SHA256'));
  if (Number.isNaN(date.getTime()) || indexes === undefined) return undefined;
  return {
    suite: field('Suite'),
    codename: field('Codename'),
    date,
    // Debian's security archive once prefixed its components with `updates/`.
    components: words('Components').map((name) => name.replace(/^updates\//, '')),
    architectures: words('Architectures'),
    separateAll:
      words('Architectures').includes('all') &&
      !words('No-Support-for-Architecture-all').includes('Packages'),
    byHash: field('Acquire-By-Hash') === 'yes',
    indexes,
  };
}

function parseIndexes(section: string): Map<string, Blob> | undefined {
  const indexes = new Map<string, Blob>();
  for (const line of section.split('\n').slice(1)) {
    const [hex = '', size = '', path = ''] = line.trim().split(/\s+/);
    const digest = `sha256:${hex}`;
    if (!isDigest(digest) || !/^\d{1,15}$/.test(size) || path === '') return undefined;
    indexes.set(path, { digest, sizeBytes: Number(size) });
  }
  return indexes;
}

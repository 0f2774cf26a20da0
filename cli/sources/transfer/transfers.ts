import type { Blob, Digest } from '../../digest.js';

/** What the bytes of a download must be. Size is known from a lock; before that only upstream's own hash is. */
export type Expected =
  | { readonly digest: Digest; readonly sizeBytes: number | undefined }
  | {
      /** A hash that upstream publishes beside the file, in hex. */
      readonly upstream: { readonly algorithm: 'sha1' | 'sha256' | 'sha512'; readonly hex: string };
    };

export interface TransferRequest {
  /** The same file at several places, tried in order; https unless the user's configuration says http. */
  readonly urls: readonly [string, ...string[]];
  /** Headers for one place, such as a registry token; asked again before each try. */
  readonly headers?: (url: string) => Promise<Readonly<Record<string, string>>>;
  readonly expected: Expected;
  /** A body longer than this is cut off and refused. */
  readonly maxBytes: number;
  /** What the progress display calls it. */
  readonly label: string;
}

/**
 * The one scheduler of all downloads: global limits on connections and bytes in flight, one fetch a digest
 * however many want it, largest first, retry with jittered back-off, resume, nothing trusted unhashed.
 */
export interface Transfers {
  /** The blob, in the store and proven; from the store where it is there already. */
  fetch(request: TransferRequest): Promise<Blob>;
  /** A small document in memory, for an index or a manifest; never cached. */
  fetchDocument(request: DocumentRequest): Promise<Document>;
}

export interface DocumentRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: 'GET' | 'HEAD';
  readonly maxBytes: number;
}

/** Any answer of a server, refusals included: the caller knows what each status means for its protocol. */
export interface Document {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  /** Where it came from after redirects. */
  readonly url: string;
}

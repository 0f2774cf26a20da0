import type { Collected, SourceKind } from '../bundle/component.js';
import type { Digest } from '../digest.js';
import type { BlobStore } from '../store/blob-store.js';
import type { Transfers } from './transfer/transfers.js';
import type { z } from 'zod';

/** The size field of a ustar header, eleven octal digits, ends here: no larger blob fits into a bundle. */
export const maxBlobBytes = 8 * 1024 ** 3 - 1;

/** What every kind of source works with. */
export interface SourceTools {
  readonly store: BlobStore;
  /** The one scheduler that all downloads of a run go through. */
  readonly transfers: Transfers;
  /** `mirrors:` of wire-offline.yaml: base URLs for this kind, to be tried in order instead of the machine's own. */
  readonly mirrors: readonly string[];
  /** Relative paths in the recipe start here. */
  readonly recipeFolder: string;
  /** For what a kind keeps beside the blobs to be faster next time, each in a folder of its own. */
  readonly cacheFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Says what is going on, for the progress display. */
  readonly note: (text: string) => void;
}

/** A container image as a component brings it. */
export interface BroughtImage {
  /** The name and tag that importers find it by. */
  readonly ref: string;
  /** Of its manifest, where the lock pins it. */
  readonly digest: Digest | undefined;
}

/** An image that something of a component asks a cluster for. */
export interface WantedImage {
  /** As it is written there. */
  readonly text: string;
  /** `Deployment/web spec.template.spec.containers.0.image` */
  readonly where: string;
}

/** What images are looked for with. */
export interface WantedFrom {
  readonly collected: Collected;
  /** The program that renders charts. */
  readonly helm: string;
  readonly tools: SourceTools;
}

/**
 * One kind of source. `Spec` is what a recipe's component says, `Pin` is what the lock keeps of it:
 * plain data, enough to collect the same bytes again, with nothing of where they were taken from.
 */
export interface Source<Spec, Pin> {
  readonly kind: SourceKind;
  /** What the component may say besides `name` and `kind`. */
  readonly specSchema: z.ZodType<Spec>;
  readonly pinSchema: z.ZodType<Pin>;
  /** Asks upstream what the component means today, proves it, and pins it. */
  lock(spec: Spec, tools: SourceTools): Promise<Pin>;
  /** Brings all that the pin names into the store, proven; asks upstream for nothing else. */
  collect(spec: Spec, pin: Pin, tools: SourceTools): Promise<Collected>;
  /** The container images of the component, told without asking anybody; absent for a kind that brings none. */
  images?(spec: Spec, pin: Pin): readonly BroughtImage[];
  /** The images that the component needs to run; absent for a kind that asks for none. */
  wants?(spec: Spec, from: WantedFrom): Promise<readonly WantedImage[]>;
}

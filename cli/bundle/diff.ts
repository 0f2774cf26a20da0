import { entryNames } from './layout.js';
import type { BundleComponent, BundleDocument, BundleItem } from './document.js';

/** One item of a component that is in only one bundle, or in both with other content. */
export interface ItemChange {
  readonly change: 'added' | 'removed' | 'changed';
  /** Its path, or an image's repository. */
  readonly item: string;
  readonly from: string | null;
  readonly to: string | null;
}

export interface ComponentChange {
  readonly change: 'added' | 'removed' | 'changed';
  readonly component: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly items: readonly ItemChange[];
}

export interface BundleDiff {
  readonly components: readonly ComponentChange[];
  /** Of the new bundle's blobs, those that the old one lacks: what an island that has the old one must receive. */
  readonly newBlobs: number;
  readonly newBytes: number;
  /** Of all blobs of the new bundle. */
  readonly totalBytes: number;
}

/** These follow from the document: an island makes its own. */
const layoutNames: readonly string[] = [entryNames.ociLayout, entryNames.index];

/** What changes on an island that goes from one bundle to another. */
export function diffBundles(from: BundleDocument, to: BundleDocument): BundleDiff {
  const known = new Set(from.entries.map(({ digest }) => digest));
  const carried = to.entries.filter(({ name }) => !layoutNames.includes(name));
  const unique = [...new Map(carried.map((entry) => [entry.digest, entry])).values()];
  const fresh = unique.filter(({ digest }) => !known.has(digest));
  return {
    components: pairs(from.components, to.components, ({ name }) => name).flatMap(componentChange),
    newBlobs: fresh.length,
    newBytes: sum(fresh),
    totalBytes: sum(unique),
  };
}

function componentChange([from, to]: Pair<BundleComponent>): ComponentChange[] {
  const items = pairs(from?.items ?? [], to?.items ?? [], keyOf).flatMap(itemChange);
  const versions = { from: from?.version ?? null, to: to?.version ?? null };
  const component = from?.name ?? to?.name ?? '';
  const change = kindOf(from, to);
  if (change === 'changed' && items.length === 0 && versions.from === versions.to) return [];
  return [{ change, component, ...versions, items }];
}

function itemChange([from, to]: Pair<BundleItem>): ItemChange[] {
  const change = kindOf(from, to);
  const item = from ?? to;
  if (item === undefined) return [];
  const same = from !== undefined && to !== undefined && contentOf(from) === contentOf(to);
  if (same && from.version === to.version) return [];
  const versions = { from: from?.version ?? null, to: to?.version ?? null };
  return [{ change, item: keyOf(item), ...versions }];
}

/** What stays the same when an item gets a new version: its package, its image's repository, or its path. */
function keyOf(item: BundleItem): string {
  if (item.kind === 'image') return item.ref.replace(/(?::[^:/@]+)?(?:@.*)?$/, '');
  return item.kind === 'deb' ? item.name : item.path;
}

function contentOf(item: BundleItem): string {
  if (item.kind === 'image') return item.manifest.digest;
  return `${item.digest} ${String(item.executable)}`;
}

type Pair<T> = readonly [from: T | undefined, to: T | undefined];

/** Pairs what has the same key, in order of the keys; of several with one key, the first with the first. */
function pairs<T>(from: readonly T[], to: readonly T[], keyOfOne: (value: T) => string): Pair<T>[] {
  const old = grouped(from, keyOfOne);
  const fresh = grouped(to, keyOfOne);
  return [...new Set([...old.keys(), ...fresh.keys()])].sort().flatMap((key) => {
    const [before, after] = [old.get(key) ?? [], fresh.get(key) ?? []];
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index): Pair<T> => [before[index], after[index]]);
  });
}

function grouped<T>(values: readonly T[], keyOfOne: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOfOne(value);
    groups.set(key, [...(groups.get(key) ?? []), value]);
  }
  return groups;
}

function kindOf(from: unknown, to: unknown): 'added' | 'removed' | 'changed' {
  return from === undefined ? 'added' : to === undefined ? 'removed' : 'changed';
}

function sum(entries: readonly { readonly size: number }[]): number {
  return entries.reduce((total, { size }) => total + size, 0);
}

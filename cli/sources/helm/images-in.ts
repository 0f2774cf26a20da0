import { fullImageName, normalImageName } from './image-names.js';
import type { WantedImage } from '../source.js';

interface Place {
  /** The manifest's kind and name. */
  readonly manifest: string;
  readonly path: readonly string[];
  /** What stands beside it in the same mapping. */
  readonly beside: Readonly<Record<string, unknown>>;
}

/** Lists of a pod whose `image` always is one, however it looks. Source: Kubernetes API, PodSpec. */
const containerLists = ['containers', 'initContainers', 'ephemeralContainers'];

/**
 * Every image that rendered manifests name: of containers of all kinds, in fields of custom resources and defaults
 * of their definitions, and in arguments, environment, annotations and configuration, where a text with a registry
 * and a tag or digest is taken for one. A name too many can be told away in the recipe; one too few is an outage.
 */
export function imagesIn(manifests: readonly unknown[]): readonly WantedImage[] {
  const found = manifests.flatMap((manifest) =>
    isMap(manifest) && !isTest(manifest)
      ? walk(manifest, { manifest: titleOf(manifest), path: [], beside: {} })
      : [],
  );
  const first = new Map(found.map((one) => [one.text, one] as const).reverse());
  return [...first.values()].reverse();
}

function walk(value: unknown, place: Place): readonly WantedImage[] {
  if (typeof value === 'string') return ofText(value, place);
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return items.flatMap((item, at) => {
      const flagged = ofFlag(items[at - 1], item, below(place, at));
      return [...flagged, ...walk(item, below(place, at))];
    });
  }
  if (!isMap(value)) return [];
  return [
    ...ofVariable(value, place),
    ...Object.entries(value).flatMap(([key, member]) =>
      isProse(key, member, place) ? [] : walk(member, below(place, key, value)),
    ),
  ];
}

/** A text by itself: all of it where its place says so, else the words in it that can be nothing else. */
function ofText(text: string, place: Place): readonly WantedImage[] {
  if (text === '') return [];
  const [list = '', owner = '', key = ''] = ['', '', ...place.path].slice(-3);
  if (key === 'image' && containerLists.includes(list)) return [named(text, place)];
  const whole = withParts(text, place.beside);
  const saysImage =
    isImageKey(key) ||
    (isImageKey(owner) && ['reference', 'default', 'repository'].includes(key)) ||
    (key === 'repository' && whole !== text);
  if (saysImage && isName(whole)) return [named(whole, place)];
  const isListed = /images$/i.test(owner) && isName(text) && hasVersion(text);
  return isListed ? [named(text, place)] : wordsOf(text).map((word) => named(word, place));
}

/** The name with what stands beside it as `registry`, `tag` or `digest`, as operators' resources have it. */
function withParts(text: string, beside: Place['beside']): string {
  const said = (...keys: readonly string[]) => {
    const value = keys.map((key) => beside[key]).find((one) => one !== undefined && one !== '');
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const registry = said('registry', 'imageRegistry');
  const whole = registry === '' || text.startsWith(`${registry}/`) ? text : `${registry}/${text}`;
  const digest = said('digest', 'sha');
  if (hasVersion(whole)) return whole;
  if (digest !== '') return `${whole}@${digest.startsWith('sha256:') ? '' : 'sha256:'}${digest}`;
  const tag = said('tag', 'imageTag', 'version');
  return tag === '' ? whole : `${whole}:${tag}`;
}

/** An environment variable whose name says image. */
function ofVariable(map: Record<string, unknown>, place: Place): readonly WantedImage[] {
  const { name, value } = map;
  if (typeof name !== 'string' || typeof value !== 'string' || !/image/i.test(name)) return [];
  return isName(value) && hasVersion(value) ? [named(value, below(place, 'value'))] : [];
}

/** `--x-image=NAME`, or NAME as the word after `--x-image`. */
function ofFlag(before: unknown, item: unknown, place: Place): readonly WantedImage[] {
  if (typeof item !== 'string') return [];
  const { value } = /^-{1,2}[\w.-]*image[\w.-]*=(?<value>\S+)$/i.exec(item)?.groups ?? {};
  const isFlagged = typeof before === 'string' && /^-{1,2}[\w.-]*image[\w.-]*$/i.test(before);
  const text = value ?? (isFlagged ? item : '');
  return isName(text) && hasVersion(text) ? [named(text, place)] : [];
}

/** Full names, and what follows `image:` in configuration that is a text within a text. */
function wordsOf(text: string): readonly string[] {
  const words = text.split(/[\s"'`,;=()[\]{}<>|\\]+/);
  const full = words.flatMap((word) => fullImageName(word.replace(/^[.:/-]+|[.:/-]+$/g, '')) ?? []);
  const lines = [...text.matchAll(/image["']?\s*[:=]\s*["']?(?<name>[^\s"',}\]]+)/gi)];
  const told = lines.flatMap(({ groups }) => {
    const name = groups?.['name'] ?? '';
    return isName(name) && hasVersion(name) ? [name] : [];
  });
  return [...new Set([...full, ...told])];
}

function isImageKey(key: string): boolean {
  return /image(?:name)?$/i.test(key);
}

function isName(text: string): boolean {
  return text !== '' && normalImageName(text) !== undefined;
}

function hasVersion(text: string): boolean {
  return /@sha256:|:[^/]+$/.test(text);
}

/** Descriptions in the schemas of custom resources are for people, with examples of names. */
function isProse(key: string, member: unknown, { manifest }: Place): boolean {
  return (
    key === 'description' &&
    typeof member === 'string' &&
    manifest.startsWith('CustomResourceDefinition/')
  );
}

/** Pods that only `helm test` makes are no part of what is installed. Source: Helm documentation, "Chart Hooks". */
function isTest(manifest: Record<string, unknown>): boolean {
  const { metadata } = manifest;
  const annotations = isMap(metadata) ? metadata['annotations'] : undefined;
  const hook = isMap(annotations) ? annotations['helm.sh/hook'] : undefined;
  if (typeof hook !== 'string') return false;
  return hook.split(',').every((event) => /^test(?:-success|-failure)?$/.test(event.trim()));
}

function titleOf({ kind, metadata }: Record<string, unknown>): string {
  const name = isMap(metadata) ? metadata['name'] : undefined;
  const word = (value: unknown) => (typeof value === 'string' ? value : '?');
  return `${word(kind)}/${word(name)}`;
}

function below(
  { manifest, path }: Place,
  key: string | number,
  beside: Place['beside'] = {},
): Place {
  return { manifest, path: [...path, String(key)], beside };
}

function named(text: string, { manifest, path }: Place): WantedImage {
  return { text, where: `${manifest} ${path.join('.')}` };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

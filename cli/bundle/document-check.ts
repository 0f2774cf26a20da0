import type { Digest } from '../digest.js';
import type { Problem } from '../errors.js';
import { describeIssue, show } from '../input/issues.js';
import { documentSchema, type BundleComponent, type BundleDocument } from './document.js';
import { blobEntryName, entryNames, entryRank } from './layout.js';
import { firstCollision } from './names.js';
import { artifactOf, emptyConfig, indexOf, ociLayout } from './oci-layout.js';

/** A document, or all that is wrong with what was to be one. */
export type DocumentReading =
  | { readonly document: BundleDocument; readonly problems: readonly [] }
  | { readonly document: undefined; readonly problems: readonly Problem[] };

/** Reads a parsed value as a document: its shape first, then that its parts agree with one another. */
export function readDocument(value: unknown): DocumentReading {
  const parsed = documentSchema.safeParse(value);
  const problems = parsed.success
    ? contradictions(parsed.data)
    : parsed.error.issues.flatMap((issue) =>
        describeIssue(issue, value).map(({ path, key, expected, got }) => ({
          where: [...path, ...(key === undefined ? [] : [key])].join('.'),
          expected,
          got,
        })),
      );
  if (parsed.success && problems.length === 0) return { document: parsed.data, problems: [] };
  return { document: undefined, problems };
}

function contradictions(document: BundleDocument): Problem[] {
  return [
    ...namingProblems(document),
    ...entryProblems(document),
    ...kindProblems(document),
    ...layoutProblems(document),
    ...blobProblems(document),
  ];
}

function namingProblems({ components }: BundleDocument): Problem[] {
  const names = components.map(({ name }) => name);
  const refs = components.flatMap(({ items }) =>
    items.flatMap((item) => (item.kind === 'image' ? [item.ref] : [])),
  );
  const unordered = names.find((name, index) => index > 0 && name <= (names[index - 1] ?? ''));
  const repeated = refs.find((ref, index) => refs.indexOf(ref) !== index);
  return [
    ...problem(unordered, 'components', 'each name once, in order'),
    ...problem(repeated, 'components', 'each image reference once'),
    ...components.flatMap(({ name, items }) =>
      problem(
        firstCollision(items.flatMap((item) => (item.kind === 'image' ? [] : [item.path]))),
        `components.${name}`,
        'paths that can lie in one folder on any file system',
      ),
    ),
  ];
}

function entryProblems({ entries }: BundleDocument): Problem[] {
  const names = entries.map(({ name }) => name);
  const required = [entryNames.ociLayout, entryNames.index];
  const misplaced = entries.find(({ name }, index) => {
    const before = entries[index - 1];
    if (before === undefined) return false;
    const byRank = entryRank(name) - entryRank(before.name);
    return byRank < 0 || (byRank === 0 && name <= before.name);
  });
  const unknown = entries.find(
    ({ name, digest }) => entryRank(name) === entryRank('blob') && name !== blobEntryName(digest),
  );
  return [
    ...required
      .filter((name) => !names.includes(name))
      .map((name) => ({ where: 'entries', expected: name, got: 'none' })),
    ...problem(misplaced?.name, 'entries', 'each entry once, in order'),
    ...problem(unknown?.name, 'entries', 'a name that this format has, blobs under their digest'),
  ];
}

function kindProblems({ kind, requires, entries }: BundleDocument): Problem[] {
  const away = entries.find((entry) => entry.in === 'base');
  const misplaced = entries.find(
    (entry) => entry.in === 'base' && entryRank(entry.name) !== entryRank('blob'),
  );
  if (kind !== 'full') {
    const baseless = kind === 'delta' && requires.length === 0 ? 'none' : undefined;
    return [
      ...problem(baseless, 'requires', 'the identity of a base'),
      ...problem(misplaced?.name, 'entries', 'only blobs in the base'),
    ];
  }
  return [
    ...problem(requires[0], 'requires', 'none, because a full bundle stands alone'),
    ...problem(away?.name, 'entries', 'every blob in a full bundle'),
  ];
}

/** The OCI layout says nothing of its own: it follows from the components, to the byte. */
function layoutProblems(document: BundleDocument): Problem[] {
  const index = indexOf(document.components);
  const expected = [
    { name: entryNames.ociLayout, blob: ociLayout },
    { name: entryNames.index, blob: index },
  ];
  return [
    ...expected.flatMap(({ name, blob }) => {
      const entry = document.entries.find((candidate) => candidate.name === name);
      if (entry?.digest === blob.digest && entry.size === blob.bytes.length) return [];
      return problem(entry?.digest ?? 'none', name, `${blob.digest}, as the components say`);
    }),
    ...document.components.flatMap(manifestProblems),
  ];
}

function manifestProblems(component: BundleComponent): Problem[] {
  const images = component.items.filter(({ kind }) => kind === 'image').length;
  if (images > 0 && images < component.items.length)
    return problem('both', `components.${component.name}.items`, 'only images or only files');
  const artifact = artifactOf(component);
  const { manifest } = component;
  if (artifact?.digest === manifest?.digest && artifact?.bytes.length === manifest?.size) return [];
  return problem(
    manifest?.digest ?? 'none',
    `components.${component.name}.manifest`,
    `${artifact?.digest ?? 'none'}, as its items say`,
  );
}

/** Every blob that a component names is an entry of that size, and no entry is there that none names. */
function blobProblems({ components, entries }: BundleDocument): Problem[] {
  const named = new Map<Digest, number>();
  const problems: Problem[] = [];
  const blobs = entries.filter(({ name }) => entryRank(name) === entryRank('blob'));
  const sizes = new Map(blobs.map(({ digest, size }) => [digest, size]));
  for (const blob of components.flatMap(blobsOf)) {
    named.set(blob.digest, blob.size);
    if (sizes.get(blob.digest) === blob.size) continue;
    const got = sizes.has(blob.digest) ? `size ${String(sizes.get(blob.digest))}` : 'none';
    problems.push({ where: `entries ${blob.digest}`, expected: `size ${String(blob.size)}`, got });
  }
  const stray = blobs.find(({ digest }) => !named.has(digest));
  return [...problems, ...problem(stray?.name, 'entries', 'no blob that belongs to no component')];
}

/** All blobs that a component consists of, those made here included; the same one may come twice. */
export function blobsOf(
  component: BundleComponent,
): readonly { readonly digest: Digest; readonly size: number }[] {
  const { manifest, items } = component;
  const config = { digest: emptyConfig.digest, size: emptyConfig.bytes.length };
  return [
    ...(manifest === undefined ? [] : [manifest, config]),
    ...items.flatMap((item) => (item.kind === 'image' ? [item.manifest, ...item.blobs] : [item])),
  ].map(({ digest, size }) => ({ digest, size }));
}

function problem(got: string | undefined, where: string, expected: string): Problem[] {
  return got === undefined ? [] : [{ where, expected, got: show(got) }];
}

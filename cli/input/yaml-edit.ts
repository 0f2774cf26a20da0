import {
  isMap,
  isNode,
  isPair,
  isScalar,
  parseDocument,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import type { IssuePath } from './issues.js';

/** One field of a mapping that gets a value, beside a field that the mapping has. */
export interface FieldEdit {
  /** Where the mapping stands. */
  readonly path: IssuePath;
  readonly key: string;
  /** Written as it is: plain words, or quoted already. */
  readonly value: string;
  /** The field that a new one is written after. */
  readonly after: string;
}

/**
 * A YAML text with fields set and every other character kept, comments and all; nothing where a mapping is not
 * written out at its place, as behind an alias.
 */
export function editYaml(text: string, edits: readonly FieldEdit[]): string | undefined {
  const document = parseDocument(text, { version: '1.2' });
  const splices = edits.map((edit) => spliceFor(document.getIn(edit.path, true), { text, edit }));
  let edited = text;
  for (const splice of splices.sort((one, other) => (other?.from ?? 0) - (one?.from ?? 0))) {
    if (splice === undefined) return undefined;
    edited = edited.slice(0, splice.from) + splice.words + edited.slice(splice.to);
  }
  return edited;
}

interface Splice {
  readonly from: number;
  readonly to: number;
  readonly words: string;
}

function spliceFor(
  map: unknown,
  { text, edit }: { readonly text: string; readonly edit: FieldEdit },
): Splice | undefined {
  if (!isMap(map)) return undefined;
  const old = rangeOf(pairOf(map, edit.key)?.value);
  if (old !== undefined) return { from: old.start, to: old.end, words: edit.value };
  const pair = pairOf(map, edit.after);
  const [key, value] = [rangeOf(pair?.key), rangeOf(pair?.value)];
  if (key === undefined || value === undefined) return undefined;
  if (map.flow === true)
    return { from: value.end, to: value.end, words: `, ${edit.key}: ${edit.value}` };
  const lineStart = text.lastIndexOf('\n', key.start) + 1;
  const lineEnd = /\r?\n|$/.exec(text.slice(value.end));
  const at = value.end + (lineEnd?.index ?? 0);
  const newline = lineEnd?.[0] === '' ? '\n' : (lineEnd?.[0] ?? '\n');
  const indent = ' '.repeat(key.start - lineStart);
  return { from: at, to: at, words: `${newline}${indent}${edit.key}: ${edit.value}` };
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key);
}

function rangeOf(node: unknown): { readonly start: number; readonly end: number } | undefined {
  if (!isNode(node)) return undefined;
  const { range }: Node = node;
  return range ? { start: range[0], end: range[1] } : undefined;
}

import { LineCounter, isMap, isNode, stringify, type Document } from 'yaml';
import type { z } from 'zod';
import { WireOfflineError, type ErrorCode, type Problem } from '../errors.js';
import { describeIssue, listKnownKeys, type IssuePath } from './issues.js';
import {
  at,
  composeYaml,
  fault,
  unfoldYaml,
  type YamlBytes,
  type YamlFault,
} from './yaml-syntax.js';

export interface YamlSource extends YamlBytes {
  /** The code of the error thrown when the text is not what the schema says. */
  readonly code: ErrorCode;
  /** What to do about it, beyond mending the places named. */
  readonly hint: string;
}

/** Where the value at a path stands, `file:line:column path`, for problems that no schema can see. */
export type Locate = (path: IssuePath) => string;

/** A file that is what its schema says, or all that is wrong with it. */
export type YamlReading<T> =
  | { readonly ok: true; readonly value: T; readonly locate: Locate }
  | {
      readonly ok: false;
      readonly problems: readonly Problem[];
      readonly cause?: unknown;
      /** What a file that is well-formed says all the same, and where; a caller may go on to find more problems. */
      readonly unchecked?: { readonly value: unknown; readonly locate: Locate };
    };

/**
 * Reads the one YAML 1.2 document in a file without throwing, so that problems of several files can be told at once.
 * The schema may depend on what the file says, which is not checked yet then.
 */
export async function readYaml<T>(
  source: YamlBytes,
  schemaFor: (said: unknown) => Promise<z.ZodType<T>>,
): Promise<YamlReading<T>> {
  const lines = new LineCounter();
  const syntax = parseSyntax(source, lines);
  if ('problems' in syntax) return { ok: false, ...syntax };
  return judge({ source, lines, ...syntax }, await schemaFor(syntax.value));
}

interface Said extends Syntax {
  readonly source: YamlBytes;
  readonly lines: LineCounter;
}

function judge<T>({ value, ...place }: Said, schema: z.ZodType<T>): YamlReading<T> {
  const locate: Locate = (path) => placeText({ ...place, path, key: undefined });
  const parsed = schema.safeParse(value, { error: listKnownKeys });
  if (parsed.success) return { ok: true, value: parsed.data, locate };
  const problems = parsed.error.issues.flatMap((issue) =>
    describeIssue(issue, value).map(({ path, key, ...rest }) => ({
      where: placeText({ ...place, path, key }),
      ...rest,
    })),
  );
  return { ok: false, problems, unchecked: { value, locate } };
}

/**
 * The one YAML 1.2 document in a file, as the schema's type.
 *
 * @throws {WireOfflineError} the source's code, with every problem of the file at once: `file:line:column`.
 */
export function parseYaml<T>(source: YamlSource, schema: z.ZodType<T>): T {
  const lines = new LineCounter();
  const syntax = parseSyntax(source, lines);
  const reading: YamlReading<T> =
    'problems' in syntax ? { ok: false, ...syntax } : judge({ source, lines, ...syntax }, schema);
  if (reading.ok) return reading.value;
  const { problems, cause } = reading;
  const { file, code, hint } = source;
  throw new WireOfflineError(code, { message: `${file} is not valid`, hint, problems, cause });
}

/** All YAML documents of a text that a program wrote, in plain values; nothing stands for a document without content. */
export type YamlStream =
  | { readonly ok: true; readonly values: readonly unknown[] }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly cause?: unknown };

/** Reads what a program wrote: any number of documents; of a key that stands twice the last counts, as for others. */
export function readYamlStream(source: YamlBytes): YamlStream {
  const documents = composeYaml(source, { lines: new LineCounter(), writer: 'program' });
  if ('problems' in documents) return { ok: false, ...documents };
  const unfolded = documents.map((document) => unfoldYaml(source, document));
  const broken = unfolded.find((one) => 'problems' in one);
  if (broken !== undefined) return { ok: false, ...broken };
  return { ok: true, values: unfolded.flatMap((one) => ('value' in one ? [one.value] : [])) };
}

/** A plain value as one YAML 1.2 document. */
export function toYaml(value: unknown): string {
  return stringify(value, { version: '1.2', lineWidth: 0, aliasDuplicateObjects: false });
}

interface Syntax {
  readonly document: Document;
  readonly value: unknown;
}

function parseSyntax(source: YamlBytes, lines: LineCounter): Syntax | YamlFault {
  const documents = composeYaml(source, { lines, writer: 'person' });
  if ('problems' in documents) return documents;
  const [document, second] = documents;
  if (document === undefined || second !== undefined) {
    const got = document === undefined ? 'an empty file' : `${String(documents.length)} documents`;
    return fault({ where: source.file, expected: 'one YAML document', got });
  }
  const unfolded = unfoldYaml(source, document);
  return 'problems' in unfolded ? unfolded : { document, ...unfolded };
}

interface Place {
  readonly source: YamlBytes;
  readonly lines: LineCounter;
  readonly document: Document;
  readonly path: IssuePath;
  /** The key itself is the problem, not its value. */
  readonly key: string | undefined;
}

function placeText(place: Place): string {
  return `${position(place)}${nameOf(place.path, place.key)}`;
}

/** Where the value (or key) at a path stands; for one that is absent, where its nearest parent stands. */
function position({ source, lines, document, path, key }: Place): string {
  for (let length = path.length; length >= 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (key !== undefined && length === path.length && isMap(node)) {
      const pair = node.items.find((item) => String(item.key) === key);
      if (isNode(pair?.key) && pair.key.range) return at(source, lines, pair.key.range[0]);
    }
    if (isNode(node) && node.range) return at(source, lines, node.range[0]);
  }
  return source.file;
}

function nameOf(path: IssuePath, key: string | undefined): string {
  const parts = key === undefined ? path : [...path, key];
  // An empty key would be no word at all.
  const words = parts.map((part) => (part === '' ? '""' : String(part)));
  return words.length === 0 ? '' : ` ${words.join('.')}`;
}

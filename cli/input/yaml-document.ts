import { LineCounter, isMap, isNode, parseAllDocuments, stringify, type Document } from 'yaml';
import type { z } from 'zod';
import { WireOfflineError, type ErrorCode, type Problem } from '../errors.js';
import { describeIssue, listKnownKeys, type IssuePath } from './issues.js';

/** No file that a person writes for this tool comes near it; a larger one is a mistake or an attack. */
export const maxYamlBytes = 1024 * 1024;

/** Aliases multiply what a small file unfolds to; people's files use few. */
const maxAliases = 100;

/** A file's bytes under the name that the user knows it by; every problem starts with that name. */
export interface YamlBytes {
  readonly file: string;
  readonly bytes: Uint8Array;
  /** The cap, where it is not the one for files that people write. */
  readonly maxBytes?: number;
}

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
  const text = decode(source);
  if (typeof text !== 'string') return { ok: false, ...text };
  const lines = new LineCounter();
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false } as const;
  const parsed = parseAllDocuments(text, options);
  const documents = Array.isArray(parsed) ? parsed : [];
  const problems = documents.flatMap(({ errors }) =>
    errors.map(({ pos, message }) => ({
      where: at(source, lines, pos[0]),
      expected: 'valid YAML',
      got: message,
    })),
  );
  if (problems.length > 0) return { ok: false, problems };
  const unfolded = documents.map((document) => unfold(source, document));
  const broken = unfolded.find((one) => 'problems' in one);
  if (broken !== undefined) return { ok: false, ...broken };
  return { ok: true, values: unfolded.flatMap((one) => ('value' in one ? [one.value] : [])) };
}

/** A plain value as one YAML 1.2 document. */
export function toYaml(value: unknown): string {
  return stringify(value, { version: '1.2', lineWidth: 0, aliasDuplicateObjects: false });
}

interface Fault {
  readonly problems: readonly Problem[];
  readonly cause?: unknown;
}

interface Syntax {
  readonly document: Document;
  readonly value: unknown;
}

function parseSyntax(source: YamlBytes, lines: LineCounter): Syntax | Fault {
  const { file } = source;
  const text = decode(source);
  if (typeof text !== 'string') return text;
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    strict: true,
    uniqueKeys: true,
    version: '1.2',
  });
  if (!Array.isArray(documents))
    return fault({ where: file, expected: 'a YAML document', got: 'an empty file' });
  const [document, second] = documents;
  if (document === undefined || second !== undefined) {
    const got = document === undefined ? 'an empty file' : `${String(documents.length)} documents`;
    return fault({ where: file, expected: 'one YAML document', got });
  }
  const problems = [...document.errors, ...document.warnings].map(({ pos, message }) => ({
    where: at(source, lines, pos[0]),
    expected: 'valid YAML',
    got: message,
  }));
  return problems.length > 0 ? { problems } : unfold(source, document);
}

function decode({ file, bytes, maxBytes = maxYamlBytes }: YamlBytes): string | Fault {
  if (bytes.byteLength > maxBytes) {
    const expected = `at most ${String(maxBytes)} bytes`;
    return fault({ where: file, expected, got: `${String(bytes.byteLength)} bytes or more` });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    return fault({ where: file, expected: 'UTF-8 text', got: 'other bytes' }, cause);
  }
}

function unfold({ file }: YamlBytes, document: Document): Syntax | Fault {
  try {
    const value: unknown = document.toJS({ maxAliasCount: maxAliases });
    return { document, value };
  } catch (cause) {
    const expected = `aliases that are known, at most ${String(maxAliases)}`;
    const got = cause instanceof Error ? cause.message : String(cause);
    return fault({ where: file, expected, got }, cause);
  }
}

function fault(problem: Problem, cause?: unknown): Fault {
  return cause === undefined ? { problems: [problem] } : { problems: [problem], cause };
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

function at(source: YamlBytes, lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${source.file}:${String(line)}:${String(col)}`;
}

function nameOf(path: IssuePath, key: string | undefined): string {
  const parts = key === undefined ? path : [...path, key];
  return parts.length === 0 ? '' : ` ${parts.join('.')}`;
}

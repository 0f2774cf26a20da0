import { LineCounter, isMap, isNode, parseAllDocuments, stringify, type Document } from 'yaml';
import type { z } from 'zod';
import { WireOfflineError, type ErrorCode, type Problem } from '../errors.js';
import { describeIssue, listKnownKeys, type IssuePath } from './issues.js';

/** No file that a person writes for this tool comes near it; a larger one is a mistake or an attack. */
const maxSizeBytes = 1024 * 1024;

/** Aliases multiply what a small file unfolds to; people's files use few. */
const maxAliases = 100;

export interface YamlSource {
  /** The file's name as the user knows it; every problem starts with it. */
  readonly file: string;
  readonly bytes: Uint8Array;
  /** The code of the error thrown when the text is not what the schema says. */
  readonly code: ErrorCode;
  /** What to do about it, beyond mending the places named. */
  readonly hint: string;
}

/**
 * The one YAML 1.2 document in a file, as the schema's type.
 *
 * @throws {WireOfflineError} the source's code, with every problem of the file at once: `file:line:column`.
 */
export function parseYaml<T>(source: YamlSource, schema: z.ZodType<T>): T {
  const lines = new LineCounter();
  const document = parseSyntax(source, lines);
  const value: unknown = toValue(source, document);
  const parsed = schema.safeParse(value, { error: listKnownKeys });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap((issue) =>
    describeIssue(issue, value).map(({ path, key, ...rest }) => ({
      where: `${position({ source, lines, document, path, key })}${nameOf(path, key)}`,
      ...rest,
    })),
  );
  throw invalid(source, problems);
}

/** A plain value as one YAML 1.2 document. */
export function toYaml(value: unknown): string {
  return stringify(value, { version: '1.2', lineWidth: 0 });
}

function parseSyntax(source: YamlSource, lines: LineCounter): Document {
  const documents = parseAllDocuments(decode(source), {
    lineCounter: lines,
    prettyErrors: false,
    strict: true,
    uniqueKeys: true,
    version: '1.2',
  });
  const [document, second] = documents;
  if (document === undefined || second !== undefined) {
    const got = document === undefined ? 'an empty file' : `${String(documents.length)} documents`;
    throw invalid(source, [{ where: source.file, expected: 'one YAML document', got }]);
  }
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    throw invalid(
      source,
      faults.map((fault) => ({
        where: at(source, lines, fault.pos[0]),
        expected: 'valid YAML',
        got: fault.message,
      })),
    );
  }
  return document;
}

function decode(source: YamlSource): string {
  if (source.bytes.byteLength > maxSizeBytes) {
    const got = `${String(source.bytes.byteLength)} bytes`;
    throw invalid(source, [
      { where: source.file, expected: `at most ${String(maxSizeBytes)} bytes`, got },
    ]);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(source.bytes);
  } catch (cause) {
    const problem = { where: source.file, expected: 'UTF-8 text', got: 'other bytes' };
    throw invalid(source, [problem], cause);
  }
}

function toValue(source: YamlSource, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: maxAliases });
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    const problem = {
      where: source.file,
      expected: `aliases that are known, at most ${String(maxAliases)}`,
      got,
    };
    throw invalid(source, [problem], cause);
  }
}

interface Place {
  readonly source: YamlSource;
  readonly lines: LineCounter;
  readonly document: Document;
  readonly path: IssuePath;
  /** The key itself is the problem, not its value. */
  readonly key: string | undefined;
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

function at(source: YamlSource, lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${source.file}:${String(line)}:${String(col)}`;
}

function nameOf(path: IssuePath, key: string | undefined): string {
  const parts = key === undefined ? path : [...path, key];
  return parts.length === 0 ? '' : ` ${parts.join('.')}`;
}

function invalid(
  source: YamlSource,
  problems: readonly Problem[],
  cause?: unknown,
): WireOfflineError {
  return new WireOfflineError(source.code, {
    message: `${source.file} is not valid`,
    hint: source.hint,
    problems,
    cause,
  });
}

import { Composer, Lexer, Parser, CST, type Document, type LineCounter } from 'yaml';
import type { Problem } from '../errors.js';

/** No file that a person writes for this tool comes near it; a larger one is a mistake or an attack. */
export const maxYamlBytes = 1024 * 1024;

/** Aliases multiply what a small file unfolds to; people's files use few. */
const maxAliases = 100;

/** Mappings and lists in one another; the deepest that are known, definitions of Kubernetes resources, have half. */
const maxDepth = 64;

/** A file's bytes under the name that the user knows it by; every problem starts with that name. */
export interface YamlBytes {
  readonly file: string;
  readonly bytes: Uint8Array;
  /** The cap, where it is not the one for files that people write. */
  readonly maxBytes?: number;
}

/** All that is wrong with a text as YAML. */
export interface YamlFault {
  readonly problems: readonly Problem[];
  readonly cause?: unknown;
}

export interface ComposeOptions {
  /** Gets the text's lines, for `at`. */
  readonly lines: LineCounter;
  /** Of what a program wrote, what is merely odd is no problem, and of a key that stands twice the last counts. */
  readonly writer: 'person' | 'program';
}

/** The YAML documents of a file, or what is wrong with them, one problem a place. */
export function composeYaml(
  source: YamlBytes,
  { lines, writer }: ComposeOptions,
): readonly Document.Parsed[] | YamlFault {
  const text = decode(source);
  if (typeof text !== 'string') return text;
  const tokens = parseTokens(text, { source, lines });
  if ('problems' in tokens) return tokens;
  const byPerson = writer === 'person';
  const composer = new Composer({ version: '1.2', strict: true, uniqueKeys: byPerson });
  const documents = [...composer.compose(tokens)];
  const problems = new Map<string, Problem>();
  const told = documents.flatMap((one) => [...one.errors, ...(byPerson ? one.warnings : [])]);
  for (const { pos, message } of told) {
    const where = at(source, lines, pos[0]);
    // What is missing at the end of a file is told once for each list that is open there.
    if (!problems.has(where)) problems.set(where, { where, expected: 'valid YAML', got: message });
  }
  return problems.size > 0 ? { problems: [...problems.values()] } : documents;
}

/** What a document says, in plain values; aliases unfolded. */
export function unfoldYaml(
  { file }: YamlBytes,
  document: Document.Parsed,
): { readonly value: unknown } | YamlFault {
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: maxAliases });
  } catch (cause) {
    const expected = `aliases that are known, at most ${String(maxAliases)}`;
    const got = cause instanceof Error ? cause.message : String(cause);
    return fault({ where: file, expected, got }, cause);
  }
  return isDeeperThan(value, maxDepth) ? tooDeep(file) : { value };
}

/** The one problem of a file. */
export function fault(problem: Problem, cause?: unknown): YamlFault {
  return cause === undefined ? { problems: [problem] } : { problems: [problem], cause };
}

/** `file:line:column` of an offset in a text whose lines were counted. */
export function at({ file }: YamlBytes, lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${file}:${String(line)}:${String(col)}`;
}

function decode({ file, bytes, maxBytes = maxYamlBytes }: YamlBytes): string | YamlFault {
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

/**
 * The tokens that documents are composed of. The parser keeps a stack of its own; the composer, which calls itself
 * for each level until V8 ends the process, never sees what is too deep.
 */
function parseTokens(
  text: string,
  { source, lines }: { readonly source: YamlBytes; readonly lines: LineCounter },
): CST.Token[] | YamlFault {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    const { offset } = parser;
    tokens.push(...parser.next(lexeme));
    if (parser.stack.filter(CST.isCollection).length > maxDepth)
      return tooDeep(at(source, lines, offset));
  }
  tokens.push(...parser.end());
  return tokens;
}

/** Aliases in one another's anchors are deeper than they look. */
function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

function tooDeep(where: string): YamlFault {
  const expected = `at most ${String(maxDepth)} lists and mappings in one another`;
  return fault({ where, expected, got: 'more' });
}

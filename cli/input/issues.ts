import { z } from 'zod';
import { closest } from './closest.js';

export type IssuePath = readonly (string | number)[];

/** One problem of a validated value; `key` is set where a key is wrong and not what it holds. */
export interface IssueDescription {
  readonly path: IssuePath;
  readonly key: string | undefined;
  readonly expected: string;
  readonly got: string;
}

type Issue = z.core.$ZodIssue;

/** To be given to zod's parse: puts the known keys into the message of an issue about unknown ones. */
export function listKnownKeys({ code, inst }: z.core.$ZodRawIssue): string | undefined {
  if (code !== 'unrecognized_keys') return undefined;
  if (inst instanceof z.ZodObject) return Object.keys(inst.shape).join(', ');
  if (inst instanceof z.ZodRecord && inst.keyType instanceof z.ZodEnum)
    return inst.keyType.options.join(', ');
  return undefined;
}

/**
 * What a zod issue means to the person who wrote the value: what was expected there and what was found.
 * One issue about several unknown keys becomes one description a key.
 */
export function describeIssue(issue: Issue, root: unknown): IssueDescription[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  const value = valueAt(root, path);
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split(', ');
    return issue.keys.map((key) => ({ path, key, expected: oneOf(known, key), got: show(key) }));
  }
  if (issue.code === 'invalid_union') return describeUnion(issue, root);
  return [{ path, key: undefined, expected: expectedBy(issue, value), got: show(value) }];
}

/** Of a choice of shapes, the problems of the one that was meant; where none can be told, all that would do. */
function describeUnion(issue: z.core.$ZodIssueInvalidUnion, root: unknown): IssueDescription[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  const meant = issue.errors.filter((branch) => !branch.some(isWrongShape));
  const [nearest] = meant.sort((a, b) => a.length - b.length);
  if (nearest !== undefined) {
    return nearest.flatMap((inner) =>
      describeIssue({ ...inner, path: [...path, ...inner.path] }, root),
    );
  }
  const value = valueAt(root, path);
  const words = issue.errors.flatMap((branch) =>
    branch.filter(isWrongShape).map((inner) => expectedBy(inner, value)),
  );
  const expected = words.length === 0 ? issue.message : [...new Set(words)].join(' or ');
  return [{ path, key: undefined, expected, got: show(value) }];
}

function isWrongShape(issue: Issue): boolean {
  return issue.path.length === 0 && issue.code !== 'unrecognized_keys';
}

function expectedBy(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeWords(issue.expected, value);
    case 'invalid_value':
      // The only word that is right needs no second mention.
      return issue.values.length === 1
        ? String(issue.values[0])
        : oneOf(issue.values.map(String), value);
    case 'too_small':
      if (issue.origin === 'string' && issue.minimum === 1) return 'a text that is not empty';
      return `${sizeWord(issue.origin)}${issue.inclusive === false ? 'more than' : 'at least'} ${String(issue.minimum)}`;
    case 'too_big':
      return `${sizeWord(issue.origin)}${issue.inclusive === false ? 'less than' : 'at most'} ${String(issue.maximum)}`;
    case 'invalid_key':
      return issue.issues.map((inner) => expectedBy(inner, undefined)).join(', ');
    case 'invalid_format':
    case 'invalid_union':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'custom':
      return issue.message;
  }
}

/** The choices as words, with the nearest one first where the value looks like a slip of one of them. */
export function oneOf(choices: readonly string[], value: unknown): string {
  const near = typeof value === 'string' ? closest(value, choices) : undefined;
  const list = choices.length === 1 ? String(choices[0]) : `one of ${choices.join(', ')}`;
  return near === undefined ? list : `${list} (did you mean ${near}?)`;
}

/** A value as a person can recognise it, cut where it is long. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function valueAt(root: unknown, path: IssuePath): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}

function sizeWord(origin: string): string {
  if (origin === 'string') return 'a length of ';
  if (origin === 'array' || origin === 'set' || origin === 'map') return 'a number of items of ';
  return '';
}

function typeWords(type: string, value: unknown): string {
  if (type === 'int') return 'a whole number';
  if (type === 'record' || type === 'object' || type === 'map') return 'a mapping';
  if (type === 'array') return 'a list';
  if (type === 'boolean') return 'true or false';
  // What zod calls a value that must be there, of whatever type.
  if (type === 'nonoptional') return 'a value';
  if (type !== 'string') return `a ${type}`;
  // YAML takes what looks like a number, or like true, for one.
  const isWord = typeof value === 'number' || typeof value === 'boolean';
  return isWord ? 'a text (write it in quotes)' : 'a text';
}

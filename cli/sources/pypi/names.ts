import { z } from 'zod';

/** Source: Python packaging specifications, "Names and normalization". */
const namePattern = '[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?';
/** The public versions of "Version specifiers", in their usual writing. */
const versionPattern =
  '(?:[0-9]+!)?[0-9]+(?:\\.[0-9]+)*(?:(?:a|b|rc)[0-9]+)?(?:\\.post[0-9]+)?(?:\\.dev[0-9]+)?';

const requestPattern = new RegExp(
  `^(?<name>${namePattern})(?:\\[(?<extras>${namePattern}(?:,${namePattern})*)\\])?==(?<version>${versionPattern})$`,
);

/** One package at one version, perhaps with extras. */
export const requestSchema = z
  .string()
  .max(256)
  .regex(
    requestPattern,
    'a package and its version such as ansible-core==2.19.14 or moto[server]==5.1.0',
  );

export const pypiNameSchema = z
  .string()
  .max(128)
  .regex(new RegExp(`^${namePattern}$`));
export const pypiVersionSchema = z
  .string()
  .max(128)
  .regex(new RegExp(`^${versionPattern}(?:\\+[a-z0-9]+(?:[._-][a-z0-9]+)*)?$`));

/** Source: Python packaging specifications, "Binary distribution format", "File name convention". */
const wheelPattern =
  /^(?<name>[A-Za-z0-9_.]+)-(?<version>[A-Za-z0-9_.!+]+)(?:-(?<build>[0-9][A-Za-z0-9_.]*))?-(?<python>[A-Za-z0-9_.]+)-(?<abi>[A-Za-z0-9_.]+)-(?<platform>[A-Za-z0-9_.]+)\.whl$/;

/** A wheel's file name, safe as a path of one part. */
export const wheelNameSchema = z.string().max(200).regex(wheelPattern, 'the file name of a wheel');

export interface Request {
  readonly name: string;
  readonly version: string;
}

/** The name and version of a request that passed its schema. */
export function requestOf(text: string): Request {
  const { name = '', version = '' } = requestPattern.exec(text)?.groups ?? {};
  return { name, version };
}

/** The one spelling of a name that an index has a page for. */
export function normalName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

export interface WheelName {
  readonly name: string;
  readonly version: string;
  /** Each a set: one wheel may be for several. */
  readonly python: readonly string[];
  readonly abi: readonly string[];
  readonly platform: readonly string[];
}

/** What a wheel's file name says of it; nothing for a file of another kind. */
export function parseWheelName(filename: string): WheelName | undefined {
  const groups = wheelPattern.exec(filename)?.groups;
  if (groups === undefined) return undefined;
  const { name = '', version = '', python = '', abi = '', platform = '' } = groups;
  return {
    name: normalName(name),
    version,
    python: python.split('.'),
    abi: abi.split('.'),
    platform: platform.split('.'),
  };
}

import parse from 'semver/functions/parse.js';
import { z } from 'zod';

/**
 * A chart's name as it becomes part of a path and a word of a command line: `.` and `..`, which have led out of
 * folders (CVE-2026-35206), begin with no letter or digit.
 */
export const chartNameSchema = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "a chart's name of letters, digits, dots, dashes and _")
  .refine((name) => !name.endsWith('.'), 'a name that does not end with a dot');

/** One version and no range; many charts write a `v` before it. Source: Helm documentation, "Charts", version. */
export const chartVersionSchema = z
  .string()
  .max(128)
  .refine(
    (text) => /^v?[0-9]\S*$/.test(text) && parse(text) !== null,
    'a version such as 1.16.3 or v1.16.3 (semver.org)',
  );

interface Named {
  readonly name: string;
  readonly version: string;
}

/** The archive's name, which a provenance file names it by too. */
export function chartFileName({ name, version }: Named): string {
  return `${name}-${version}.tgz`;
}

/** What `oci` registries have it under: a tag has no `+`. Source: Helm documentation, "Use OCI-based registries". */
export function chartTag(version: string): string {
  return version.replace('+', '_');
}

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestOf, hexOf } from '../../cli/digest.js';

/** A recipe file's text; what is given takes the place of what it says by default. */
export function recipeText(fields: Readonly<Record<string, unknown>> = {}): string {
  // JSON is YAML, and each field stands on a line of its own.
  const recipe = {
    ...{ apiVersion: 'wire-offline/v1', kind: 'Recipe', name: 'demo', version: '1.0.0' },
    ...{ channel: 'stable', sequence: 1, components: [] },
    ...fields,
  };
  return Object.entries(recipe)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');
}

/** A recipe that another includes. */
export function includedText(fields: Readonly<Record<string, unknown>>): string {
  const identity = { name: undefined, version: undefined, channel: undefined, sequence: undefined };
  return recipeText({ ...identity, ...fields }).replace(/^\w+: undefined\n/gm, '');
}

/** A component that `http` collects. */
export function httpComponent(
  name: string,
  { url = `http://127.0.0.1:9/${name}`, bytes = Buffer.from(name) } = {},
): Readonly<Record<string, unknown>> {
  return { name, kind: 'http', url, sha256: hexOf(digestOf(bytes)) };
}

/** Writes files below a folder by their paths. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

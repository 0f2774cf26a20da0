import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../input/json.js';
import { digestOf, digestSchema, hexOf, type Blob } from '../digest.js';
import { hasSystemCode } from '../errors.js';
import { onStore } from './store-errors.js';

const recordSchema = z.strictObject({
  schemaVersion: z.literal(1),
  key: z.string(),
  made: z.record(
    z.string(),
    z.strictObject({ digest: digestSchema, sizeBytes: z.int().nonnegative() }),
  ),
});

/** The record for a key; one that cannot be read as such is as good as none, since all can be made again. */
export async function readDerived(
  folder: string,
  key: string,
): Promise<Readonly<Record<string, Blob>> | undefined> {
  const file = fileOf(folder, key);
  const text = await onStore(file, () => readIfThere(file));
  const record = text === undefined ? undefined : recordSchema.safeParse(parseJson(text));
  return record?.success === true && record.data.key === key ? record.data.made : undefined;
}

/** Writes the record for a key whole, or not at all. */
export async function writeDerived(
  folder: string,
  { key, made }: { readonly key: string; readonly made: Readonly<Record<string, Blob>> },
): Promise<void> {
  const file = fileOf(folder, key);
  const plain = Object.fromEntries(
    Object.entries(made).map(([name, { digest, sizeBytes }]) => [name, { digest, sizeBytes }]),
  );
  await onStore(file, async () => {
    const temporary = `${file}.${randomUUID()}`;
    await writeFile(temporary, JSON.stringify({ schemaVersion: 1, key, made: plain }), {
      mode: 0o600,
      flush: true,
    });
    await rename(temporary, file);
  });
}

function fileOf(folder: string, key: string): string {
  return join(folder, `${hexOf(digestOf(key))}.json`);
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { digestOf, hexOf } from '../../cli/digest.js';
import type { Origin } from './origin.js';

export interface TestWheel {
  readonly filename: string;
  readonly bytes: Buffer;
}

export interface WheelOptions {
  readonly name?: string;
  readonly version?: string;
  /** `py3-none-any` where it is not said. */
  readonly tags?: string;
  /** What it needs, in the words of its metadata. */
  readonly requires?: readonly string[];
}

/** Writes a zip of texts; its arguments are the file and a JSON object of the members. */
const writeZip = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as archive:
    for path, text in json.loads(sys.argv[2]).items():
        archive.writestr(zipfile.ZipInfo(path), text)
`;

/** A wheel with metadata and nothing else. Source: Python packaging specifications, "Binary distribution format". */
export async function makeWheel(options: WheelOptions = {}): Promise<TestWheel> {
  const { name = 'pad', version = '1.0.0', tags = 'py3-none-any', requires = [] } = options;
  const needs = requires.map((one) => `Requires-Dist: ${one}\n`).join('');
  const members = {
    [`${name}-${version}.dist-info/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n${needs}`,
    [`${name}-${version}.dist-info/WHEEL`]: `Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: ${tags}\n`,
    [`${name}-${version}.dist-info/RECORD`]: '',
  };
  const folder = await mkdtemp(join(tmpdir(), 'wire-offline-wheel-'));
  try {
    const filename = `${name}-${version}-${tags}.whl`;
    const file = join(folder, filename);
    await execa('python3', ['-c', writeZip, file, JSON.stringify(members)]);
    return { filename, bytes: await readFile(file) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Serves a package's page of a simple index in HTML, with its files; gives the index's address. */
export function serveWheels(
  origin: Origin,
  name: string,
  wheels: readonly TestWheel[],
  hash: (wheel: TestWheel) => string = ({ bytes }) => `#sha256=${hexOf(digestOf(bytes))}`,
): string {
  const anchors = wheels.map((wheel) => {
    origin.serve(`/files/${wheel.filename}`, wheel.bytes);
    return `<a href="../../files/${wheel.filename}${hash(wheel)}">${wheel.filename}</a><br/>\n`;
  });
  const page = Buffer.from(`<!DOCTYPE html><html><body>\n${anchors.join('')}</body></html>\n`);
  origin.serveAs(`/simple/${name}/`, page, { 'content-type': 'text/html' });
  return `${origin.url}/simple`;
}

/**
 * Draws the house for CONTRIBUTING.md from the import graph of the sources: one box a folder, an arrow where
 * one imports another. `--write` puts the picture into the page; a test asserts that it is up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../helpers/repository.js';
import { importGraph, type ImportEdge } from './import-graph.js';

const page = join(repositoryRoot, 'CONTRIBUTING.md');
const between = /(<!-- house: npm run house -->\n)[^]*?(<!-- house end -->)/;

/** The picture as a Mermaid diagram. */
export async function drawHouse(): Promise<string> {
  const edges = (await importGraph(['cli', 'server'])).filter((edge) => 'file' in edge.to);
  const arrows = new Set<string>();
  const boxes = new Set<string>();
  for (const edge of edges) addArrow({ edge, arrows, boxes });
  const lines = [...boxes].sort().map((box) => `  ${idOf(box)}["${box}"]`);
  return ['', '```mermaid', 'flowchart LR', ...lines, ...[...arrows].sort(), '```', '', ''].join(
    '\n',
  );
}

interface Drawing {
  readonly edge: ImportEdge;
  readonly arrows: Set<string>;
  readonly boxes: Set<string>;
}

function addArrow({ edge, arrows, boxes }: Drawing): void {
  if (!('file' in edge.to)) return;
  const [from, to] = [boxOf(edge.from), boxOf(edge.to.file)];
  if (from === undefined || to === undefined) return;
  boxes.add(from).add(to);
  if (from !== to) arrows.add(`  ${idOf(from)} --> ${idOf(to)}`);
}

/**
 * The folder under `cli/` or `server/`, or one of the two files that everything starts from. The other files
 * directly in `cli/` (errors, digests, the context) are the ground that all stand on, and get no arrows.
 */
function boxOf(file: string): string | undefined {
  const parts = file.split('/');
  if (parts.length > 2) return `${parts.slice(0, 2).join('/')}/`;
  return ['cli/main.ts', 'cli/program.ts'].includes(file) ? file : undefined;
}

function idOf(box: string): string {
  return box.replaceAll(/[^a-z]/g, '_');
}

/** The page with the picture in its place. */
export function withPicture(text: string, picture: string): string {
  return text.replace(between, `$1${picture}$2`);
}

/** CONTRIBUTING.md as it stands. */
export function readPage(): string {
  return readFileSync(page, 'utf8');
}

if (process.argv.includes('--write'))
  writeFileSync(page, withPicture(readPage(), await drawHouse()));

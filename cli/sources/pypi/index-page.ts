import { z } from 'zod';
import { WireOfflineError } from '../../errors.js';
import { parseJson } from '../../input/json.js';
import { failureOfAll, refusal, type PlaceFailure } from '../transfer/failures.js';
import { normalName } from './names.js';
import type { PypiSettings } from './settings.js';
import type { SourceTools } from '../source.js';
import type { Document } from '../transfer/transfers.js';

/** A file of a package, and where an index says it is. */
export interface IndexFile {
  readonly filename: string;
  readonly url: string;
}

interface Asking {
  readonly settings: PypiSettings;
  readonly tools: SourceTools;
}

/** Packages with a new release every night have pages of some megabytes. */
const maxPageBytes = 64 * 1024 * 1024;

// Source: Python packaging specifications, "Simple repository API".
const jsonType = 'application/vnd.pypi.simple.v1+json';
const accept = `${jsonType}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1`;
const pageSchema = z.object({
  files: z.array(z.object({ filename: z.string(), url: z.string() })),
});

/**
 * All files that the indexes have of a package; nothing where no index knows it.
 *
 * @throws {WireOfflineError} SOURCE_INVALID, codes of the transfers.
 */
export async function filesOf(
  name: string,
  { settings, tools }: Asking,
): Promise<readonly IndexFile[] | undefined> {
  const found: IndexFile[] = [];
  const failures: PlaceFailure[] = [];
  for (const index of settings.indexes)
    try {
      found.push(...(await filesIn(`${index}${normalName(name)}/`, { settings, tools })));
    } catch (error) {
      tools.signal.throwIfAborted();
      if (!(error instanceof WireOfflineError)) throw error;
      failures.push({ place: index, error });
    }
  if (failures.length < settings.indexes.length) return found;
  if (failures.every(({ error }) => error.code === 'SOURCE_GONE')) return undefined;
  throw failureOfAll(`pypi ${name}`, failures);
}

async function filesIn(url: string, { settings, tools }: Asking): Promise<readonly IndexFile[]> {
  const headers = { accept, ...settings.headersFor(url) };
  const answer = await tools.transfers.fetchDocument({ url, headers, maxBytes: maxPageBytes });
  if (answer.status !== 200) throw refusal(url, answer);
  const type = (answer.headers['content-type'] ?? '').split(';')[0]?.trim();
  const files = type === jsonType ? fromJson(answer) : fromHtml(answer);
  return files.filter((file) => /^https?:/.test(file.url));
}

function fromJson({ url, bytes }: Document): readonly IndexFile[] {
  const page = pageSchema.safeParse(parseJson(Buffer.from(bytes).toString('utf8')));
  if (page.success)
    return page.data.files.map((file) => ({ ...file, url: absolute(file.url, url) }));
  throw new WireOfflineError('SOURCE_INVALID', {
    message: `${url}: expected the files of a package, got ${z.prettifyError(page.error)}`,
    hint: 'check that the address is that of a simple package index',
  });
}

/** An anchor for each file; its text is the file's name. */
function fromHtml({ url, bytes }: Document): readonly IndexFile[] {
  const anchors = /<a\s[^>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)')[^>]*>\s*([^<]*?)\s*<\/a>/gi;
  return [...Buffer.from(bytes).toString('utf8').matchAll(anchors)].map(
    ([, double, single, text = '']) => {
      const href = (double ?? single ?? '').replaceAll('&amp;', '&');
      return { filename: text, url: absolute(href, url) };
    },
  );
}

function absolute(href: string, base: string): string {
  if (!URL.canParse(href, base)) return '';
  const url = new URL(href, base);
  url.hash = '';
  return url.href;
}

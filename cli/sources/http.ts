import { z } from 'zod';
import { upstreamNameSchema } from '../bundle/names.js';
import { digestSchema } from '../digest.js';
import { maxBlobBytes, type Source, type SourceTools } from './source.js';

/** A name that is safe as a path of one part on any file system. */
const filenameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._+~-]{0,127}(?<!\.)$/,
    'a file name of letters, digits and ._+~- that does not end with a dot',
  );

const specSchema = z
  .strictObject({
    /** Plain http is as good as https here: the bytes are proven by their hash. */
    url: z
      .url({ protocol: /^https?$/, error: 'an https or http URL', abort: true })
      .refine(hasNoCredentials, 'an address without credentials'),
    sha256: z.string().regex(/^[0-9a-f]{64}$/, '64 lower-case hex digits'),
    /** What the file is called on the island; by default the last part of the address. */
    filename: filenameSchema.optional(),
    executable: z.boolean().default(false),
    /** What people call this state of the file; by default the beginning of its hash. */
    version: upstreamNameSchema.optional(),
  })
  .refine(
    ({ url, filename }) =>
      filename !== undefined || filenameSchema.safeParse(lastPart(url)).success,
    { path: ['filename'], message: 'a filename, since the last part of the address is none' },
  );

const pinSchema = z.strictObject({ digest: digestSchema, sizeBytes: z.int().nonnegative() });

export type HttpSpec = z.infer<typeof specSchema>;
export type HttpPin = z.infer<typeof pinSchema>;

/** Any file that http or https serves, proven by the SHA-256 in the recipe. */
export const httpSource: Source<HttpSpec, HttpPin> = {
  kind: 'http',
  specSchema,
  pinSchema,

  async lock(spec, tools) {
    const expected = { digest: z.parse(digestSchema, `sha256:${spec.sha256}`) };
    const { digest, sizeBytes } = await fetch(spec, tools, { ...expected, sizeBytes: undefined });
    return { digest, sizeBytes };
  },

  async collect(spec, pin, tools) {
    const { digest, sizeBytes } = await fetch(spec, tools, pin);
    const path = spec.filename ?? lastPart(spec.url);
    const version = spec.version ?? spec.sha256.slice(0, 12);
    const { executable } = spec;
    return {
      version,
      upstream: spec.url,
      proof: { method: 'sha256', detail: digest },
      items: [{ kind: 'file', name: path, version, path, blob: { digest, sizeBytes }, executable }],
    };
  },
};

function fetch(
  spec: HttpSpec,
  { transfers, mirrors }: SourceTools,
  expected: { readonly digest: HttpPin['digest']; readonly sizeBytes: number | undefined },
) {
  const { pathname, search } = new URL(spec.url);
  const [first = spec.url, ...others] = mirrors.map(
    (base) => `${base.replace(/\/$/, '')}${pathname}${search}`,
  );
  return transfers.fetch({
    urls: [first, ...others],
    expected,
    maxBytes: maxBlobBytes,
    label: lastPart(spec.url),
  });
}

function lastPart(url: string): string {
  return new URL(url).pathname.split('/').at(-1) ?? '';
}

function hasNoCredentials(url: string): boolean {
  const { username, password } = new URL(url);
  return username === '' && password === '';
}

import { z } from 'zod';
import { digestSchema } from '../../digest.js';
import { parseReference, type ImageReference } from '../oci/reference.js';
import { chartNameSchema, chartTag, chartVersionSchema } from './names.js';

/** Kubernetes' own rule for names of namespaces, and Helm's for releases, which allows no more than 53. Source: RFC 1123, 2.1. */
const labelSchema = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 'a name of lower-case letters, digits and dashes');

/** What stands where an image's name may: anything without spaces. */
const imageTextSchema = z
  .string()
  .max(512)
  .regex(/^[\x21-\x7e]+$/, 'a text without spaces, as the chart has it');

export const helmSpecSchema = z
  .strictObject({
    chart: chartNameSchema,
    version: chartVersionSchema,
    /** An address (`https://…`, `oci://…`), or a name that `helm repo add` gave one on this machine. */
    repository: z.string().max(512).refine(isRepository, {
      error: 'an https or oci address without credentials, or a name of helm repo list',
      abort: true,
    }),
    /** The public keys of the chart's makers, a file beside the recipe: then its `.prov` must hold. */
    keyring: z.string().min(1).optional(),
    /** What it is rendered with: the name of the release, where it goes, its values, the cluster's abilities. */
    release: labelSchema(53).optional(),
    namespace: labelSchema(63).default('default'),
    // As text, because a spec is told apart by its canonical JSON, which has no fractions.
    values: z
      .record(z.string(), z.json())
      .default({})
      .transform((values) => JSON.stringify(values)),
    valuesFiles: z.array(z.string().min(1).max(512)).max(20).default([]),
    kubeVersion: z
      .string()
      .regex(/^1\.[0-9]{1,3}\.[0-9]{1,3}$/, 'a version of Kubernetes such as 1.36.3')
      .optional(),
    apiVersions: z
      .array(
        z
          .string()
          .regex(
            /^[a-z0-9][a-z0-9./-]{0,127}(?:\/[A-Za-z0-9]{1,63})?$/,
            'such as example.com/v1/Kind',
          ),
      )
      .max(200)
      .default([]),
    /** Images that it needs and no rendering shows, such as those that an operator's program names by itself. */
    images: z.array(imageTextSchema).max(200).default([]),
    /** What looks like an image's name in it and is none. */
    notImages: z.array(imageTextSchema).max(200).default([]),
  })
  .refine((said) => ociReference(said) !== null, {
    path: ['repository'],
    message: 'an oci address below which the chart can have a name',
  });

const pinnedBlob = z.strictObject({ digest: digestSchema, sizeBytes: z.int().nonnegative() });

export const helmPinSchema = z.strictObject({
  chart: pinnedBlob,
  /** The `.prov` that was found, so that each bundle proves it again. */
  provenance: pinnedBlob.optional(),
});

export type HelmSpec = Readonly<z.output<typeof helmSpecSchema>>;
export type HelmPin = Readonly<z.output<typeof helmPinSchema>>;

/** Where an `oci` repository has the chart; nothing for one of another kind, null where no name is right. */
export function ociReference(said: {
  readonly chart: string;
  readonly version: string;
  readonly repository: string;
}): ImageReference | null | undefined {
  if (!said.repository.startsWith('oci://')) return undefined;
  const base = said.repository.slice('oci://'.length).replace(/\/+$/, '');
  return parseReference(`${base}/${said.chart}:${chartTag(said.version)}`) ?? null;
}

function isRepository(text: string): boolean {
  if (!text.includes(':')) return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text);
  if (!/^(?:https?|oci):\/\/[^\s?#]+$/.test(text) || !URL.canParse(text)) return false;
  const { username, password, host } = new URL(text);
  return username === '' && password === '' && host !== '';
}

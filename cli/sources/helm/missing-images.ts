import type { Problem } from '../../errors.js';
import { closest } from '../../input/closest.js';
import { imageNameText, normalImageName, type ImageName } from './image-names.js';
import type { BroughtImage, WantedImage } from '../source.js';

export interface ChartImages {
  /** The component that the chart is. */
  readonly component: string;
  readonly images: readonly WantedImage[];
}

/**
 * Of all images that charts name, those that a cluster would not find among what components bring: by digest where
 * a chart says one, else by name and tag.
 */
export function missingImages(
  charts: readonly ChartImages[],
  brought: readonly BroughtImage[],
): readonly Problem[] {
  const known = brought.flatMap(({ ref, digest }) => {
    const name = normalImageName(ref);
    return name === undefined ? [] : [{ ...name, digest }];
  });
  const names = known.map((one) => imageNameText({ ...one, digest: undefined }));
  return charts.flatMap(({ component, images }) =>
    images.flatMap(({ text, where }): Problem[] => {
      const wanted = normalImageName(text);
      if (wanted !== undefined && known.some((one) => isSame(wanted, one))) return [];
      const near = closest(
        wanted === undefined ? text : imageNameText({ ...wanted, digest: undefined }),
        names,
      );
      const hint = near === undefined ? '' : ` (the nearest is ${near}${digestOf(near, known)})`;
      return [
        { where: `${component}: ${where}`, expected: `an image of the bundle${hint}`, got: text },
      ];
    }),
  );
}

function isSame(wanted: ImageName, one: ImageName): boolean {
  if (wanted.repository !== one.repository) return false;
  return wanted.digest === undefined ? wanted.tag === one.tag : wanted.digest === one.digest;
}

function digestOf(name: string, known: readonly ImageName[]): string {
  const found = known.find((one) => imageNameText({ ...one, digest: undefined }) === name);
  return found?.digest === undefined ? '' : `@${found.digest}`;
}

import { distance } from 'fastest-levenshtein';

/** The candidate that a person most likely meant to type, or none where nothing is near. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  let best: { candidate: string; edits: number } | undefined;
  for (const candidate of candidates) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    // Two letters swapped are two edits; a short word with most letters changed is another word.
    const near = edits <= 3 && edits <= Math.max(word.length, candidate.length) / 2;
    if (near && edits < (best?.edits ?? Infinity)) best = { candidate, edits };
  }
  return best?.candidate;
}

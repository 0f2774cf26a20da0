import { distance } from 'fastest-levenshtein';

/** The candidate that a person most likely meant to type, or none where nothing is near. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  let best: { candidate: string; cost: number } | undefined;
  for (const candidate of candidates) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    // Two letters swapped are two edits; a short word with most letters changed is another word.
    if (edits > 3 || edits > Math.max(word.length, candidate.length) / 2) continue;
    // Of two equally near, the one that begins alike: people rarely miss the first letter.
    const cost = edits + (word[0] === candidate[0] ? 0 : 0.5);
    if (cost < (best?.cost ?? Infinity)) best = { candidate, cost };
  }
  return best?.candidate;
}

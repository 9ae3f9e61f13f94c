const START_OF_WORD = 5;
const IN_A_ROW = 6;
const HIT = 1;
/** Each skipped letter costs a little, so that of two matches the tighter one wins. */
const SKIPPED = 0.1;

/**
 * How well the letters of `query`, in their order, are found in `text`: higher is better, null when they are not.
 * Letters at starts of words and in a row count most, so `sl` finds "Service logs" before "Usage levels".
 */
export function fuzzyScore(query: string, text: string): number | null {
  const wanted = fold(query).replaceAll(/\s+/g, '');
  const found = fold(text);
  if (wanted === '') return 0;
  // best[i]: best score with wanted[..i] placed so far; last[i]: the same with wanted[i-1] at the letter before.
  let best: number[] = [0, ...Array.from({ length: wanted.length }, () => Number.NEGATIVE_INFINITY)];
  let last: number[] = best.map(() => Number.NEGATIVE_INFINITY);
  for (let at = 0; at < found.length; at++) {
    const starts = at === 0 || /[\s/._-]/.test(found.charAt(at - 1));
    const nextBest = best.map((score, index) => (index === 0 ? 0 : score - SKIPPED));
    const nextLast = last.map(() => Number.NEGATIVE_INFINITY);
    for (let index = 1; index <= wanted.length; index++) {
      if (wanted.charAt(index - 1) !== found.charAt(at)) continue;
      const fresh = (best[index - 1] ?? 0) + HIT + (starts ? START_OF_WORD : 0);
      const onward = (last[index - 1] ?? Number.NEGATIVE_INFINITY) + HIT + IN_A_ROW;
      nextLast[index] = Math.max(fresh, onward);
      nextBest[index] = Math.max(nextBest[index] ?? 0, nextLast[index] ?? 0);
    }
    best = nextBest;
    last = nextLast;
  }
  const score = best[wanted.length] ?? Number.NEGATIVE_INFINITY;
  return Number.isFinite(score) ? score : null;
}

/** What matches, best first; equal ones keep their order. */
export function fuzzyFilter<T>(query: string, items: readonly T[], textOf: (item: T) => string): T[] {
  return items
    .flatMap((item) => {
      const score = fuzzyScore(query, textOf(item));
      return score === null ? [] : [{ item, score }];
    })
    .toSorted((a, b) => b.score - a.score)
    .map(({ item }) => item);
}

/** Case and accents make no difference. */
function fold(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

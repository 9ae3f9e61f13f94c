/** Runs the task once per key and period, at the period's end, however often it is asked to. */
export function throttlePerKey(task: (key: string) => void, periodMs: number): (key: string) => void {
  const waiting = new Set<string>();
  return (key) => {
    if (waiting.has(key)) return;
    waiting.add(key);
    setTimeout(() => {
      waiting.delete(key);
      task(key);
    }, periodMs);
  };
}

import { describe, expect, it } from 'vitest';
import { createSharedReads } from './shared-reads.ts';

describe('shared reads', () => {
  it('never answer with what was read before the question came', async () => {
    const share = createSharedReads<number>();
    let value = 1;
    let reads = 0;
    const gates: (() => void)[] = [];
    const read = async () => {
      reads += 1;
      const seen = value;
      await new Promise<void>((resolve) => gates.push(resolve));
      return seen;
    };
    const first = share('a', read);
    value = 2;
    const later = [share('a', read), share('a', read), share('a', read)];
    gates[0]?.();
    expect(await first).toBe(1);
    await expect.poll(() => gates.length).toBe(2);
    gates[1]?.();
    expect(await Promise.all(later)).toEqual([2, 2, 2]);
    expect(reads).toBe(2);
  });

  it('fail for those who took part, and not for those who come afterwards', async () => {
    const share = createSharedReads<string>();
    let reads = 0;
    const read = async () => {
      reads += 1;
      await Promise.resolve();
      if (reads === 1) throw new Error('away');
      return 'back';
    };
    const [first, second] = [share('a', read), share('a', read)];
    await expect(first).rejects.toThrow('away');
    expect(await second).toBe('back');
    expect(await share('a', read)).toBe('back');
  });

  it('keep keys apart, and remember nothing', async () => {
    const share = createSharedReads<number>();
    let count = 0;
    const read = () => Promise.resolve((count += 1));
    expect(await Promise.all([share('a', read), share('b', read)])).toEqual([1, 2]);
    expect(await share('a', read)).toBe(3);
  });
});

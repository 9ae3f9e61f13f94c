import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

interface Chunk {
  readonly fileName: string;
  readonly code: string;
  readonly isEntry: boolean;
  readonly imports: readonly string[];
}

/** Names of the entry chunks and of everything they import statically: what a browser loads before the first route. */
export function initialChunks(chunks: ReadonlyMap<string, Chunk>): string[] {
  const seen = new Set<string>();
  const queue = [...chunks.values()].filter((chunk) => chunk.isEntry).map((chunk) => chunk.fileName);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const chunk = chunks.get(name);
    if (chunk === undefined || seen.has(name)) continue;
    seen.add(name);
    queue.push(...chunk.imports);
  }
  return [...seen];
}

/** Fails the build when the JavaScript of the first page load grows past its budget, and prints the figure otherwise. */
export function budget({ maxInitialGzipBytes }: { readonly maxInitialGzipBytes: number }): Plugin {
  return {
    name: 'supastor-budget',
    apply: 'build',
    writeBundle(_options, bundle) {
      const chunks = new Map<string, Chunk>();
      for (const output of Object.values(bundle)) if (output.type === 'chunk') chunks.set(output.fileName, output);
      const initial = initialChunks(chunks);
      const total = initial.reduce((sum, name) => sum + gzipSync(chunks.get(name)?.code ?? '').byteLength, 0);
      const figure = `initial JS ${(total / 1000).toFixed(1)} kB gzip of ${maxInitialGzipBytes / 1000} kB, ${initial.length} chunks`;
      if (total > maxInitialGzipBytes) this.error(`over budget: ${figure}`);
      this.info(figure);
    },
  };
}

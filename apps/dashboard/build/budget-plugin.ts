import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

interface Chunk {
  readonly fileName: string;
  readonly code: string;
  readonly imports: readonly string[];
}

/** Names of the chunks that the page names and of everything they import statically: what a browser loads before the first route. */
function initialChunks(chunks: ReadonlyMap<string, Chunk>, page: string): string[] {
  const seen = new Set<string>();
  // The bundler marks no chunk as the entry when the entry's module is in a group.
  const queue = [...chunks.keys()].filter((name) => page.includes(`"/${name}"`));
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
      const page = bundle['index.html'];
      const initial = initialChunks(chunks, page?.type === 'asset' ? String(page.source) : '');
      if (initial.length === 0) this.error('index.html loads no script, so there is nothing to weigh');
      const total = initial.reduce((sum, name) => sum + gzipSync(chunks.get(name)?.code ?? '').byteLength, 0);
      const figure = `initial JS ${(total / 1000).toFixed(1)} kB gzip of ${maxInitialGzipBytes / 1000} kB, ${initial.length} chunks`;
      if (total > maxInitialGzipBytes) this.error(`over budget: ${figure}`);
      this.info(figure);
    },
  };
}

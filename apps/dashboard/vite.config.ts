import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { budget } from './build/budget-plugin.ts';
import { precompress } from './build/precompress-plugin.ts';

const admin = process.env['SUPASTOR_ADMIN_URL'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  base: '/',
  plugins: [react(), budget({ maxInitialGzipBytes: 200_000 }), precompress()],
  server: {
    proxy: {
      '/api': { target: admin, ws: true },
      '/docs': admin,
      '/health': admin,
    },
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    sourcemap: false,
    target: 'es2023',
    // The content security policy allows neither inline scripts nor data: fonts.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What every page needs is one file: a browser asks for six at a time.
            { name: 'start', tags: ['$initial'], priority: 3 },
            // Then come those that most pages share and those that some do. A group takes along what its modules need: no circles.
            { name: 'common', minShareCount: 9, priority: 2 },
            { name: 'shared', minShareCount: 4, priority: 1 },
          ],
        },
      },
    },
  },
});

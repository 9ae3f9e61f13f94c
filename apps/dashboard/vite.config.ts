import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { budget } from './build/budget-plugin.ts';

const admin = process.env['SUPASTOR_ADMIN_URL'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  base: '/',
  plugins: [react(), budget({ maxInitialGzipBytes: 200_000 })],
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
  },
});

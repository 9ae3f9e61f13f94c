import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

/**
 * Tests that start and end containers. They come after all others: whenever a network of the engine comes or goes, Chromium breaks off
 * what it is loading (ERR_NETWORK_CHANGED), from whichever address.
 */
const ENGINE = ['e2e/{containers,images,swarm,compose,monitoring}*.test.ts'];
const EVERYTHING = [
  '{apps,packages}/*/src/**/*.test.ts',
  '{apps,packages}/*/src/**/*.test.tsx',
  'scripts/**/*.test.ts',
  'e2e/**/*.test.ts',
];

export default defineConfig({
  // Node loads the CommonJS build of graphql, Vite would take the other one: two copies refuse each other's schemas.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
  test: {
    reporters: ['default', './scripts/lib/closing-line-reporter.ts'],
    // Many processes share a machine here: what takes a moment alone may take long, and a time-out is no finding.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: 'all', include: EVERYTHING, exclude: [...configDefaults.exclude, ...ENGINE], sequence: { groupOrder: 0 } },
      },
      { extends: true, test: { name: 'engine', include: ENGINE, sequence: { groupOrder: 1 } } },
    ],
  },
});

import { useSyncExternalStore } from 'react';

/** Where the chosen density is kept; public/theme-init.js reads the same key before the first paint. */
const KEY = 'supastor-density';
const ATTRIBUTE = 'data-density';

export const DENSITIES = ['comfortable', 'compact'] as const;
export type Density = (typeof DENSITIES)[number];

const listeners = new Set<() => void>();

/** How close together rows stand; base.css says what that means. */
export function useDensity(): Density {
  return useSyncExternalStore(subscribe, readDensity);
}

export function setDensity(density: Density): void {
  document.documentElement.setAttribute(ATTRIBUTE, density);
  try {
    localStorage.setItem(KEY, density);
  } catch {
    // Then it holds until the page is loaded again.
  }
  for (const listener of listeners) listener();
}

function readDensity(): Density {
  return document.documentElement.getAttribute(ATTRIBUTE) === 'compact' ? 'compact' : 'comfortable';
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

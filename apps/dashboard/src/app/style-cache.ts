import createCache, { type EmotionCache } from '@emotion/cache';

/** Emotion cache whose style elements carry the page's nonce, so that the policy needs no unsafe-inline. */
export function createStyleCache(page: Document): EmotionCache {
  const nonce = page.querySelector('meta[property="csp-nonce"]')?.getAttribute('content');
  return createCache({ key: 'css', prepend: true, ...(nonce ? { nonce } : {}) });
}

// Runs before the first paint, so that a chosen theme never flashes and the outline of the right page stands there while the page loads.
// Same keys as src/app/theme.ts, density.ts and features/session/session-hint.ts.
(() => {
  let mode = 'system';
  let density = 'comfortable';
  let signedIn = false;
  try {
    mode = localStorage.getItem('supastor-theme') ?? 'system';
    density = localStorage.getItem('supastor-density') ?? density;
    signedIn = localStorage.getItem('supastor-signed-in') === 'yes';
  } catch {
    // Storage is blocked: the system's preference decides.
  }
  const dark = mode === 'dark' || (mode !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-color-scheme', dark ? 'dark' : 'light');
  document.documentElement.setAttribute('data-density', density === 'compact' ? 'compact' : 'comfortable');
  document.documentElement.setAttribute('data-outline', signedIn ? 'console' : 'door');
})();

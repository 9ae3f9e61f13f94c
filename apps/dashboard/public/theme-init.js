// Runs before the first paint, so that a chosen theme never flashes. Same keys as src/app/theme.ts and density.ts.
(() => {
  let mode = 'system';
  let density = 'comfortable';
  try {
    mode = localStorage.getItem('supastor-theme') ?? 'system';
    density = localStorage.getItem('supastor-density') ?? density;
  } catch {
    // Storage is blocked: the system's preference decides.
  }
  const dark = mode === 'dark' || (mode !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-color-scheme', dark ? 'dark' : 'light');
  document.documentElement.setAttribute('data-density', density === 'compact' ? 'compact' : 'comfortable');
})();

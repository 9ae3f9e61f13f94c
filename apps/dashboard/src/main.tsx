import '@fontsource-variable/inter/wght.css';
import './app/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { createRuntime } from './app/runtime.ts';
import { loadFirstLanguage } from './messages/locale-provider.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
const runtime = createRuntime();
// The outline of index.html stands until there is a page in its place.
const stopWaiting = runtime.router.subscribe('onRendered', () => {
  stopWaiting();
  document.getElementById('outline')?.remove();
});
const language = await loadFirstLanguage();
createRoot(root).render(
  <StrictMode>
    <App language={language} runtime={runtime} />
  </StrictMode>,
);

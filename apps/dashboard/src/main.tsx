import '@fontsource-variable/inter/wght.css';
import './app/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { loadFirstLanguage } from './messages/locale-provider.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App language={await loadFirstLanguage()} />
  </StrictMode>,
);

import type { ServerResponse } from 'node:http';

/** Markup that needs no escaping any more. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | null | readonly Html[];

/** Builds markup; every value that is not markup itself is escaped. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  return new Html(strings.reduce((text, piece, index) => text + render(values[index - 1] ?? null) + piece));
}

function render(value: Part): string {
  if (value === null) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('');
  return escapeHtml(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

interface PageOptions {
  readonly title: string;
  readonly body: Html;
  /** Seconds after which the page is read again; null: it stays. */
  readonly refreshSeconds?: number;
  /** Where its forms may lead, besides the page itself. */
  readonly formsTo?: string;
}

const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); --soft: color-mix(in srgb, currentColor 6%, transparent); }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem; }
h1 { font-size: 1.3rem; } h2 { font-size: 1.05rem; } a { color: light-dark(#0b57c2, #8ab8ff); }
table { border-collapse: collapse; width: 100%; } th, td { border-bottom: 1px solid var(--line); padding: .45rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
pre { background: var(--soft); border-radius: 6px; overflow: auto; padding: .75rem; white-space: pre-wrap; overflow-wrap: anywhere; }
iframe { background: #fff; border: 1px solid var(--line); border-radius: 6px; height: 24rem; width: 100%; }
button, input { border: 1px solid var(--line); border-radius: 6px; font: inherit; padding: .4rem .7rem; } button { background: var(--soft); color: inherit; cursor: pointer; }
:focus-visible { outline: 2px solid light-dark(#0b57c2, #8ab8ff); outline-offset: 2px; }
form.inline { display: inline-flex; flex-wrap: wrap; gap: .5rem; align-items: center; } .muted { opacity: .75; }
.people { display: grid; gap: .5rem; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); list-style: none; padding: 0; }
.people button { text-align: left; width: 100%; }
`;

/** Sends a whole page. No script runs in it. */
export function sendPage(response: ServerResponse, page: PageOptions): void {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self' ${page.formsTo ?? ''}; frame-ancestors 'self'; base-uri 'none'`,
  });
  response.end(pageText(page));
}

/** A whole page as text, for a server that sends it by itself. */
export function pageText({ title, body, refreshSeconds }: Omit<PageOptions, 'formsTo'>): string {
  const refresh = refreshSeconds === undefined ? '' : `<meta http-equiv="refresh" content="${refreshSeconds}">`;
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${refresh}` +
    `<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main>${body.text}</main></body></html>`
  );
}

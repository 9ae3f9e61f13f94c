import { ERRORS } from '@supastor/contract/errors';

/** Markdown table of the error catalogue. */
export function renderErrorReference(): string {
  const rows = Object.entries(ERRORS).map(([code, { title, http, exit }]) => `| \`${code}\` | ${title} | ${http} | ${exit} |`);
  return [
    '# Errors',
    '',
    'Generated from the catalogue (`packages/contract/src/errors.ts`). Codes are permanent. Each error carries a message (what happened and why) and usually a hint (what to do next).',
    '',
    '| Code | Title | HTTP status | Exit code |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

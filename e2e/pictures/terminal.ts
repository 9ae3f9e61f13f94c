/** A page that shows `output` as a terminal would after typing `command`. */
export function renderTerminal(command: string, output: string): string {
  return `<!doctype html>
<style>
  main { display: inline-block; padding: 20px 24px; border-radius: 10px; background: #11151c; color: #dfe4ec; }
  pre { margin: 0; font: 14px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
  .prompt { color: #6f7b8d; }
  .good { color: #4cc38a; }
</style>
<main><pre><span class="prompt">$</span> ${escape(command)}
${escape(output.trimEnd()).replaceAll('healthy', '<span class="good">healthy</span>')}</pre></main>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

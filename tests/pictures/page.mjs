// A picture's texts as a page of HTML that needs nothing else.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { part } from './parts.mjs';

const require = createRequire(import.meta.url);
const font = (family, weight) => {
  const name = family.toLowerCase().replaceAll(' ', '-');
  const style = weight === '400i' ? 'italic' : 'normal';
  const file = require.resolve(`@fontsource/${name}/files/${name}-latin-${parseInt(weight, 10)}-${style}.woff2`);
  const data = readFileSync(file).toString('base64');
  return `@font-face{font-family:"${family}";font-weight:${parseInt(weight, 10)};font-style:${style};src:url(data:font/woff2;base64,${data})}`;
};
const style = [
  readFileSync(require.resolve('github-markdown-css/github-markdown-light.css'), 'utf8'),
  // GitHub takes what the reader's system has. These are the same on every machine.
  ...['400', '400i', '600'].map((weight) => font('Noto Sans', weight)),
  ...['400', '600'].map((weight) => font('Noto Sans Mono', weight)),
  readFileSync(new URL('page.css', import.meta.url), 'utf8'),
].join('\n');

/** The part of a snapshot below its head: what the picture shows. */
export const texts = (snapshot) => snapshot.replace(/^---\n[\s\S]*?\n---\n/, '');

/** The page. Once it is drawn, `<html>` has its height. */
export const page = (shown) => {
  const pieces = shown.split(/^<!-- (\{"[^\n]*\}) -->$/m).slice(1);
  const parts = pieces.flatMap((piece, at) => (at % 2 ? [] : [part(JSON.parse(piece), pieces[at + 1].trim())]));
  return `<!doctype html><html lang="en"><meta charset="utf-8">
<meta http-equiv="content-security-policy" content="default-src 'none'; font-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<style>${style}</style>
<body>${parts.join('\n')}
<script>document.fonts.ready.then(() => { document.documentElement.dataset.height = document.body.offsetHeight; });</script>
</body></html>`;
};

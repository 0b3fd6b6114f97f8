// Draws each picture of docs/pictures from the texts beside it. Needs headless Chromium and pngquant.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { page, texts } from './page.mjs';
import { noting } from './png.mjs';

const pictures = fileURLToPath(new URL('../../docs/pictures', import.meta.url));
/** As page.css has it. */
const WIDTH = 830;
/** So that text is sharp on a screen of any density. */
const SCALE = 2;

const work = mkdtempSync(join(tmpdir(), 'pictures-'));
const run = (program, ...args) => execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 });
const browse = (file, ...args) => {
  // Chromium's sandbox refuses to be root's. The page has nothing in it but what this project wrote, and fetches nothing.
  const sandbox = process.getuid() === 0 ? ['--no-sandbox'] : [];
  return run('chromium-headless-shell', ...sandbox, '--disable-gpu', '--hide-scrollbars', `--user-data-dir=${join(work, 'profile')}`,
    '--virtual-time-budget=5000', `--force-device-scale-factor=${SCALE}`, ...args, `file://${file}`);
};

try {
  for (const file of readdirSync(pictures).filter((name) => name.endsWith('.snap'))) {
    const name = file.slice(0, -'.snap'.length);
    const shown = texts(readFileSync(join(pictures, file), 'utf8'));
    const [html, large, small] = ['html', 'large.png', 'png'].map((end) => join(work, `${name}.${end}`));
    writeFileSync(html, page(shown));
    const height = /data-height="(\d+)"/.exec(browse(html, `--window-size=${WIDTH},600`, '--dump-dom'))?.[1];
    if (!height) throw new Error(`${file}: Chromium did not say how high the page is`);
    browse(html, `--window-size=${WIDTH},${height}`, `--screenshot=${large}`);
    run('pngquant', '--speed=1', '--strip', '--output', small, '32', large);
    writeFileSync(join(pictures, `${name}.png`), noting(readFileSync(small), shown));
  }
} finally {
  rmSync(work, { recursive: true });
}

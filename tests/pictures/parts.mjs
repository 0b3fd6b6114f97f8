// The parts of GitHub's pages that a picture can have. The words of the frame are GitHub's; all others come from the text.

import octicons from '@primer/octicons';

import { conversation, page } from './markdown.mjs';

const escaped = (text) => String(text).replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);
const icon = (name, kind, width = 16) => `<span class="icon ${kind}">${octicons[name].toSVG({ width })}</span>`;

/** How a check that has ended looks. */
const CONCLUSIONS = {
  success: { icon: (size) => icon('check-circle-fill', 'success', size), all: 'All checks have passed' },
  failure: { icon: (size) => icon('x-circle-fill', 'failure', size), all: 'Some checks were not successful' },
};

/** GitHub shows an App by its name and a label. */
const person = (login) => {
  const [name, bot] = login.split('[');
  return `<b>${escaped(name)}</b>${bot ? ' <span class="label">bot</span>' : ''}`;
};

const avatar = (login) =>
  login.endsWith('[bot]')
    ? `<span class="avatar app">${octicons['shield-check'].toSVG({ width: 24 })}</span>`
    : `<span class="avatar">${escaped(login[0].toUpperCase())}</span>`;

/** The reaction "eyes", for which no font is needed. */
const EYES =
  '<svg width="16" height="16" viewBox="0 0 16 16"><g fill="#fff" stroke="#1f2328"><ellipse cx="4.5" cy="8" rx="3.4" ry="5.5"/>' +
  '<ellipse cx="11.5" cy="8" rx="3.4" ry="5.5"/></g><circle cx="3.4" cy="8.6" r="1.9"/><circle cx="10.4" cy="8.6" r="1.9"/></svg>';

const box = (author, text, reactions = '') =>
  `<div class="entry">${avatar(author)}<div class="box"><div class="head">${person(author)} commented</div>` +
  `<div class="markdown-body">${conversation(text)}${reactions}</div></div></div>`;

const PARTS = {
  'pull request': ({ title, number, author, from, into }, text) =>
    `<h1>${escaped(title)} <span class="muted">#${number}</span></h1>` +
    `<p class="state"><span class="open">${octicons['git-pull-request'].toSVG()} Open</span> ${person(author)} wants to merge into ` +
    `<code>${escaped(into)}</code> from <code>${escaped(from)}</code></p>${box(author, text)}`,

  issue: ({ title, number, author }, text) =>
    `<h1>${escaped(title)} <span class="muted">#${number}</span></h1>` +
    `<p class="state"><span class="open">${octicons['issue-opened'].toSVG()} Open</span></p>${box(author, text)}`,

  comment: ({ author, reactions }, text) => {
    const seen = reactions.includes('eyes') ? `<p><span class="reaction">${EYES} 1</span></p>` : '';
    return box(author, text, seen);
  },

  checks: ({ checks }) => {
    const worst = checks.find(({ conclusion }) => conclusion !== 'success') ?? checks[0];
    const row = ({ name, title, conclusion }) =>
      `<div class="row">${CONCLUSIONS[conclusion].icon()}<b>${escaped(name)}</b> <span class="muted">${escaped(title)}</span></div>`;
    const { icon: sign, all } = CONCLUSIONS[worst.conclusion];
    return `<div class="box checks"><div class="row first">${sign(24)}<b>${all}</b></div>${checks.map(row).join('')}</div>`;
  },

  check: ({ name, title, conclusion }, text) =>
    `<div class="check"><p class="name">${CONCLUSIONS[conclusion].icon(20)}<b>${escaped(name)}</b></p>` +
    `<h2>${escaped(title)}</h2><div class="markdown-body">${page(text)}</div></div>`,

  annotation: ({ level, path, line, title, check }, text) => {
    const kind = level === 'failure' ? 'failure' : 'warning';
    const sign = level === 'failure' ? 'x-circle-fill' : 'alert-fill';
    return (
      `<div class="box annotation">${icon(sign, kind)}<div><b>Check ${kind} on line ${line} in ${escaped(path)}</b>` +
      `<div class="muted">${escaped(check)}</div><pre><b>${escaped(title ?? '')}</b>\n${escaped(text)}</pre></div></div>`
    );
  },
};

/** The HTML of a part of a page. */
export const part = ({ part: kind, ...what }, text) => {
  if (!PARTS[kind]) throw new Error(`There is no part "${kind}": add it to tests/pictures/parts.mjs`);
  return `<section>${PARTS[kind](what, text)}</section>`;
};

// Markdown as GitHub shows it: its tables and lists, and no element or attribute that it would take out.

import rehypeRaw from 'rehype-raw';
import rehypeSanitize from 'rehype-sanitize';
import rehypeStringify from 'rehype-stringify';
import remarkBreaks from 'remark-breaks';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';

const html = (...more) =>
  unified()
    .use([remarkParse, remarkGfm, ...more])
    .use(remarkRehype, { allowDangerousHtml: true })
    // The schema of rehype-sanitize is GitHub's own list unless another is given.
    .use([rehypeRaw, rehypeSanitize, rehypeStringify]);
const pages = html();
const conversations = html(remarkBreaks);

/** The HTML of a page, such as that of a check. */
export const page = (text) => String(pages.processSync(text));

/** The HTML of a comment or a pull request, where the end of a line is one. */
export const conversation = (text) => String(conversations.processSync(text));

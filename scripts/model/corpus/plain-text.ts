/** Unix newlines, no trailing blanks, no byte-order mark, at most two blank lines in a row. */
export function normaliseText(text: string): string {
  return text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[ \t\u00a0]+$/gm, '')
    .replace(/\n{4,}/g, '\n\n\n')
    .trim();
}

/** Joins the hard-wrapped lines of each paragraph; a blank line separates paragraphs. A line that is
 *  indented more than its predecessor starts a new line, so lists and verse keep their shape. */
export function unwrapParagraphs(text: string): string {
  const paragraphs = normaliseText(text).split(/\n\s*\n/);
  return paragraphs
    .map((paragraph) => {
      const lines = paragraph.split('\n');
      const widest = Math.max(...lines.map((line) => line.trim().length));
      // Verse and tables: most lines end well before the margin.
      if (lines.length > 2 && widest < 50) return lines.map((line) => line.trim()).join('\n');
      return lines.map((line) => line.trim()).join(' ');
    })
    .join('\n\n');
}

/** The text between Project Gutenberg's start and end lines, whose licence speaks only of the whole. */
export function withoutGutenbergFrame(text: string): string {
  const start = /\*\*\* ?START OF.*?\*\*\*/i.exec(text);
  const end = /(\*\*\* ?END OF|End of (the )?Project Gutenberg)/i.exec(text);
  const body = text.slice(start ? start.index + start[0].length : 0, end?.index);
  return body.replace(/^(Produced by|E-text prepared by)[\s\S]*?\n\n/im, '');
}

const namedEntities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Visible text of an HTML page, block elements as lines. Enough for generated documentation. */
export function textOfHtml(html: string): string {
  const text = html
    .replace(/<(script|style|head|nav|footer)\b[\s\S]*?<\/\1>/gi, '')
    .replace(/\s+/g, ' ')
    .replace(/<(p|div|h[1-6]|li|tr|dt|dd|table|ul|ol|section|br)\b[^>]*>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/&(\w+);/g, (whole, name: string) => namedEntities[name] ?? whole);
  return normaliseText(text.replace(/[ \t]*\n[ \t]*/g, '\n').replace(/\n{2,}/g, '\n\n'));
}

/** Readable text of a manual page's roff source: requests dropped, headings and paragraphs kept. */
export function textOfManualPage(roff: string): string {
  const lines: string[] = [];
  for (const line of roff.split('\n')) {
    const heading = /^\.S[HS] "?(.*?)"?$/.exec(line);
    if (heading) lines.push('', heading[1] as string);
    else if (/^\.(PP|P|LP|IP|TP|HP|sp)\b/.test(line)) lines.push('');
    else if (/^\.(B|I|BR|RB|IR|RI|BI|IB) /.test(line)) lines.push(line.replace(/^\.\w+ /, '').replaceAll('"', ''));
    else if (!/^[.']/.test(line)) lines.push(line);
  }
  const text = lines
    .join('\n')
    .replace(/\\f(\[\w*\]|\(..|.)/g, '')
    .replace(/\\\((lq|rq|dq)/g, '"')
    .replace(/\\\((aq|cq|oq)/g, "'")
    .replace(/\\\(em/g, '—')
    .replace(/\\\(bu/g, '•')
    .replace(/\\\(..|\\\[\w+\]|\\[,/&^|%:]/g, '')
    .replace(/\\-/g, '-')
    .replace(/\\[ ~]/g, ' ')
    .replace(/\\e/g, '\\');
  return unwrapParagraphs(text);
}

import type { SourceText } from './document.ts';
import { normaliseText } from './plain-text.ts';
import { filesUnder, readText } from './read-files.ts';

/** Plain-text messages with their subject and body. Addresses and telephone numbers are masked,
 *  senders and routing headers dropped. */
export function* mailTexts(directory: string): Iterable<SourceText> {
  for (const path of filesUnder(directory, /spam-assassin\/data\/easy-ham-[12]\/\d{5}\.\w+\.txt$/)) {
    const text = textOfMail(readText(path));
    if (text !== undefined) yield { name: `message ${path.split('/').slice(-2).join(' ').slice(0, 16)}`, text };
  }
}

/** Undefined for messages that are not single-part plain text. */
export function textOfMail(raw: string): string | undefined {
  const message = raw.replace(/\r\n?/g, '\n');
  const end = message.indexOf('\n\n');
  const headers = message.slice(0, end);
  if (end < 0 || /^Content-Type:\s*(multipart|text\/html)|^Content-Transfer-Encoding:\s*base64/im.test(headers))
    return undefined;
  const subject = /^Subject:\s*(.*)$/im.exec(headers)?.[1] ?? '';
  const body = message
    .slice(end + 2)
    .replace(/=\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (whole, hex: string) => {
      const code = Number.parseInt(hex, 16);
      return code >= 32 && code < 127 ? String.fromCharCode(code) : whole;
    });
  return normaliseText(`Subject: ${subject}\n\n${body}`)
    .replace(/[\w.+-]+@[\w-]+(\.[\w-]+)+/g, 'someone@example.org')
    .replace(/\+?\d[\d ().-]{8,}\d/g, '000-0000');
}

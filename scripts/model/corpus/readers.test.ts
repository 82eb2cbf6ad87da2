import { describe, expect, it } from 'vitest';
import { textOfHtml, textOfManualPage, unwrapParagraphs, withoutGutenbergFrame } from './plain-text.ts';
import { linesOf } from './read-austen.ts';
import { booksOf } from './read-bible.ts';
import { joinTaggedWords } from './read-brown.ts';
import { entryOfGcide, entryOfWordnet } from './read-dictionaries.ts';
import { textOfMail } from './read-mail.ts';

describe('readers', () => {
  it('puts tagged words back into sentences', () => {
    expect(joinTaggedWords(['The/at', 'jury/nn', 'said/vbd', ',/,', '``/``', 'no/at', "''/''", './.'])).toBe(
      'The jury said, "no".',
    );
  });

  it('joins wrapped lines and keeps verse', () => {
    expect(unwrapParagraphs(`${'word '.repeat(12)}\nand on.\n\nnext`)).toBe(`${'word '.repeat(12)}and on.\n\nnext`);
    expect(unwrapParagraphs('Of man\nAnd the fruit\nOf that')).toBe('Of man\nAnd the fruit\nOf that');
  });

  it('cuts the frame of a Project Gutenberg book', () => {
    const book = 'The Project Gutenberg EBook\n*** START OF THIS PROJECT GUTENBERG EBOOK X ***\nText.\n*** END OF THIS';
    expect(withoutGutenbergFrame(book).trim()).toBe('Text.');
  });

  it('reads HTML and manual pages', () => {
    expect(textOfHtml('<head><title>t</title></head><p>A &amp; <b>b</b></p><p>c</p>')).toBe('A & b\nc');
    expect(textOfManualPage('.TH CP 1\n.SH NAME\ncp \\- copy \\fBfiles\\fP')).toBe('NAME cp - copy files');
  });

  it('reads a serialised R character vector', () => {
    const string = (text: string) => {
      const header = Buffer.alloc(8);
      header.writeUInt32BE(0x00040009, 0);
      header.writeInt32BE(text.length, 4);
      return Buffer.concat([header, Buffer.from(text)]);
    };
    const head = Buffer.from([0, 0, 0, 16, 0, 0, 0, 2]);
    expect(linesOf(Buffer.concat([Buffer.from('X\n'), head, string('one'), string('')]))).toEqual(['one', '']);
  });

  it('groups verses by chapter and book', () => {
    const books = [...booksOf('Ge1:1 In the\nGe1:2 And\nGe2:1 Thus\nEx1:1 Now')];
    expect(books.map((book) => book.name)).toEqual(['King James Bible, Ge', 'King James Bible, Ex']);
    expect(books[0]!.text).toBe('1:1 In the\n1:2 And\n\n\n2:1 Thus\n');
  });

  it('reads dictionary entries', () => {
    expect(entryOfGcide('Abjure \\Ab*jure"\\, v. i.\n   Renounce {oath}.\n   [1913 Webster]')).toBe(
      'Abjure \\Ab*jure"\\, v. i. Renounce oath.',
    );
    expect(entryOfWordnet('00001740 29 v 02 breathe 0 take_a_breath 0 000 | draw air', 'verb')).toBe(
      'breathe, take a breath (verb): draw air',
    );
  });

  it('masks addresses in mail and refuses what is not plain text', () => {
    expect(textOfMail('Subject: Hi\nTo: x@y.org\n\nWrite to a.b@c.com')).toBe(
      'Subject: Hi\n\nWrite to someone@example.org',
    );
    expect(textOfMail('Content-Type: multipart/mixed\n\nx')).toBeUndefined();
  });
});

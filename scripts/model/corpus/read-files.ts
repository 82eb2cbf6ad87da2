import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { SourceText } from './document.ts';
import { normaliseText, textOfHtml, textOfManualPage, unwrapParagraphs, withoutGutenbergFrame } from './plain-text.ts';

export type Reader = (directory: string) => Iterable<SourceText>;

/** All files under a directory whose path relative to it matches, in a stable order. */
export function filesUnder(directory: string, pattern: RegExp): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => pattern.test(relative(directory, path)))
    .sort();
}

/** UTF-8, or Latin-1 where the bytes are not valid UTF-8; gzip is undone. */
export function readText(path: string): string {
  const raw = readFileSync(path);
  const bytes = path.endsWith('.gz') || path.endsWith('.dz') ? gunzipSync(raw) : raw;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
}

function eachFile(
  pattern: RegExp,
  convert: (text: string) => string,
  nameOf: (path: string, directory: string) => string = stem,
): Reader {
  return function* (directory) {
    for (const path of filesUnder(directory, pattern)) {
      yield { name: nameOf(path, directory), text: convert(readText(path)) };
    }
  };
}

function stem(path: string): string {
  return basename(path.replace(/\.(gz|dz)$/, ''))
    .replace(extname(path), '')
    .replaceAll(/[_-]+/g, ' ');
}

function relativeName(path: string, directory: string): string {
  return relative(directory, path).split('/').slice(-4).join('/');
}

export const plainFiles = (pattern: RegExp): Reader => eachFile(pattern, unwrapParagraphs);
export const verseFiles = (pattern: RegExp): Reader => eachFile(pattern, normaliseText);
export const htmlFiles = (pattern: RegExp): Reader => eachFile(pattern, textOfHtml, relativeName);
export const manualPages = (pattern: RegExp): Reader => eachFile(pattern, textOfManualPage);
export const sourceFiles = (pattern: RegExp): Reader => eachFile(pattern, withoutLicenceHeader, relativeName);

/** Books named by their own `Title:` line. */
export const gutenbergFiles = (pattern: RegExp): Reader =>
  function* (directory) {
    for (const path of filesUnder(directory, pattern)) {
      const text = readText(path);
      const name = /^Title: *(.+)$/m.exec(text)?.[1] ?? stem(path);
      yield { name, text: unwrapParagraphs(withoutGutenbergFrame(text)) };
    }
  };

/** Handbooks as text: box-drawn tables carry no sentences and are left out. */
export const handbookFiles = (pattern: RegExp): Reader =>
  eachFile(pattern, (text) => unwrapParagraphs(text.replace(/^\s*[|+].*$/gm, '').replace(/^[\s─━=_.-]+$/gm, '')));

/** A licence block that opens every file of a package would be learnt by heart instead of the code. */
function withoutLicenceHeader(text: string): string {
  const header = /^(#![^\n]*\n)?(\s*(\/\*[\s\S]*?\*\/|((\/\/|#)[^\n]*\n)+))/.exec(text);
  const isLicence = header !== null && /copyright|licen[sc]e/i.test(header[0]);
  return normaliseText(isLicence ? text.slice(header[0].length) : text);
}

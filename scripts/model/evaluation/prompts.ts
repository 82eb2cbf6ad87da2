/** Ten registers of the training text, as prompts nobody wrote there. */
export const prompts: readonly { kind: string; text: string }[] = [
  { kind: 'address', text: 'I have the honor to report to the Congress that the condition of the Treasury' },
  { kind: 'novel', text: 'Mrs. Bennet looked out of the window, and' },
  { kind: 'bible', text: '4:7 And the LORD said unto Moses,' },
  { kind: 'drama', text: 'HAMLET.\nMy lord, I will' },
  { kind: 'brown', text: 'The committee met in Washington on Tuesday to discuss' },
  { kind: 'dictionary', text: 'bright, shining (adj):' },
  { kind: 'code-python', text: 'def read_file(path):\n    """Return' },
  { kind: 'code-javascript', text: 'export function add( a, b ) {\n\n\t' },
  { kind: 'german', text: 'Wenn Sie die Datei öffnen möchten,' },
  { kind: 'french', text: 'Pour installer le paquet, il faut' },
];

const LEVELS = /** @type {Record<number, string>} */ ({ 40: 'warning: ', 50: 'error: ', 60: 'fatal: ' });
/** Of every line; not worth repeating on a terminal. */
const NOISE = new Set([
  'level',
  'time',
  'pid',
  'hostname',
  'name',
  'process',
  'msg',
  'req',
  'res',
  'reqId',
  'responseTime',
  'v',
]);

export const LEVEL_INFO = 30;
export const LEVEL_WARNING = 40;
const LEVEL_ERROR = 50;

/**
 * One line of a process's output as a person reads it: pino's JSON becomes its message and its fields, other text stays.
 * @param {string} line
 * @returns {{level: number, text: string}} level as pino counts; 0 for what belongs in the log file only, such as served
 *   requests and the chatter of libraries that print without levels
 */
export function readableLine(line) {
  const entry = parse(line);
  if (!entry) return { level: 0, text: line.trim() };
  const isRequest = 'req' in entry || 'res' in entry;
  const fields = Object.entries(entry)
    .filter(([name]) => !NOISE.has(name))
    .map(([name, value]) => `${name}=${shortValue(name, value)}`);
  const text = `${LEVELS[entry.level] ?? ''}${entry.msg ?? ''}${fields.length > 0 ? ` (${fields.join(', ')})` : ''}`;
  return { level: isRequest && entry.level < LEVEL_ERROR ? 0 : entry.level, text };
}

/** @param {string} line @returns {({level: number, msg?: string} & Record<string, unknown>) | undefined} */
function parse(line) {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line);
    return typeof entry.level === 'number' ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} name @param {unknown} value */
function shortValue(name, value) {
  if (name === 'err' && value && typeof value === 'object' && 'message' in value) return String(value.message);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

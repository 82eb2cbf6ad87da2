const LEVELS = /** @type {Record<number, string>} */ ({ 40: 'warning: ', 50: 'error: ', 60: 'fatal: ' });
/** Of every line; not worth repeating on a terminal. */
const NOISE = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg', 'req', 'res', 'reqId', 'responseTime', 'v']);

/**
 * One line of a process's output as a person reads it: pino's JSON becomes its message and its fields, other text stays.
 * @param {string} line
 * @returns {string | undefined} undefined when it belongs in the log file only, such as served requests
 */
export function readableLine(line) {
  const entry = parse(line);
  if (!entry) return line.trim();
  const isRequest = 'req' in entry || 'res' in entry;
  if (entry.level < 30 || (isRequest && entry.level < 50)) return undefined;
  const fields = Object.entries(entry)
    .filter(([name]) => !NOISE.has(name))
    .map(([name, value]) => `${name}=${shortValue(name, value)}`);
  return `${LEVELS[entry.level] ?? ''}${entry.msg ?? ''}${fields.length > 0 ? ` (${fields.join(', ')})` : ''}`;
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

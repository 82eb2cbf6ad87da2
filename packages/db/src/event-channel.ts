/** The PostgreSQL channel on which a new event is announced: only its key travels, the row is read. */
export const eventChannel = 'featurescope_events';

/** NOTIFY's payload for an event of a run or a steering experiment. */
export function encodeEventKey(key: { subjectId: string; seq: number }): string {
  return `${key.subjectId} ${key.seq}`;
}

/** Null when the payload is none of ours. */
export function decodeEventKey(payload: string): { subjectId: string; seq: number } | null {
  const match = /^([0-9a-f-]{36}) (\d{1,10})$/.exec(payload);
  return match ? { subjectId: match[1], seq: Number(match[2]) } : null;
}

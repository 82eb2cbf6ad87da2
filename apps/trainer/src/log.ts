import { type Logger, pino } from 'pino';

export type Log = Logger;

/** JSON lines on stdout: a constant message, the data in fields. Secrets in headers never reach it. */
export function createLog(processName: 'server' | 'worker' | 'inference' | 'train', level: string): Log {
  return pino({
    level,
    base: { process: processName, pid: process.pid },
    redact: ['req.headers.authorization', 'req.headers.cookie', 'headers["x-featurescope-secret"]'],
  });
}

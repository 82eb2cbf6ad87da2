import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { EventConnection } from './server/websocket/event-connection.testing.ts';

test('the process reports its port, and stops in order within three seconds while a page is connected', async () => {
  const dataDirectory = mkdtempSync(path.join(tmpdir(), 'featurescope-process-'));
  const child = fork(path.join(import.meta.dirname, 'server.ts'), {
    execArgv: ['--import', 'tsx'],
    env: {
      ...process.env,
      FEATURESCOPE_DATA: dataDirectory,
      FEATURESCOPE_MODEL_ROOTS: dataDirectory,
      FEATURESCOPE_DEMO: '0',
      LOG_LEVEL: 'silent',
      PORT: '0',
    },
  });
  try {
    const [message] = await once(child, 'message');
    expect(message).toEqual({ type: 'listening', port: expect.any(Number) });
    const connection = await EventConnection.open(message.port);
    connection.send({ type: 'ping' });
    await connection.until(() => connection.messages.length === 1);
    const closed = once(connection.socket, 'close');
    child.kill('SIGTERM');
    const [exitCode] = await once(child, 'exit');
    // By its own clock: after three seconds it would have given up with 1.
    expect(exitCode).toBe(0);
    // "Going away": the page knows that it should come back.
    expect((await closed)[0]).toBe(1001);
  } finally {
    child.kill('SIGKILL');
    rmSync(dataDirectory, { recursive: true, force: true });
  }
});

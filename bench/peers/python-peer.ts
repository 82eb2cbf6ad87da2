import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const python = process.env.FEATURESCOPE_BENCH_PYTHON ?? 'python3';

/** A Python program of bench/reference that answers JSON lines with JSON lines, one at a time. */
export class PythonPeer {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly answers: AsyncIterator<string>;

  private constructor(script: string) {
    const file = fileURLToPath(new URL(`../reference/${script}`, import.meta.url));
    this.child = spawn(python, [file], { stdio: ['pipe', 'pipe', 'ignore'] });
    // An interpreter that is missing shows as an end without an answer.
    this.child.on('error', () => this.child.stdout.destroy());
    this.child.stdin.on('error', () => {});
    this.answers = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  /** Null when the interpreter or its packages are missing. */
  static async start(script: string): Promise<{ peer: PythonPeer; versions: Record<string, unknown> } | null> {
    const peer = new PythonPeer(script);
    try {
      return { peer, versions: await peer.ask({ op: 'versions' }) };
    } catch {
      peer.stop();
      return null;
    }
  }

  /** Throws when the peer refuses or has died. */
  async ask(request: Record<string, unknown>): Promise<Record<string, unknown>> {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.answers.next();
    if (done) throw new Error(`${python} has ended. Install bench/reference/requirements.txt for it.`);
    const answer = JSON.parse(value) as Record<string, unknown>;
    if (typeof answer.error === 'string') throw new Error(answer.error);
    return answer;
  }

  stop(): void {
    this.child.kill();
  }
}

export const peerRemedy = `Python peers are left out: ${python} has not what bench/reference/requirements.txt lists. Install it, and name the interpreter in FEATURESCOPE_BENCH_PYTHON.`;

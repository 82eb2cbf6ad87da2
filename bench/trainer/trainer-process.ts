import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TrainingConfigInput } from '@featurescope/sae';
import type { InitTensorOptions } from '@featurescope/tensor/node';
import { memoryEnv } from '../../scripts/launch/memory-env.mjs';

export type TrainerRequest =
  | { op: 'start'; backend: InitTensorOptions['backend'] }
  | { op: 'create'; config: Omit<TrainingConfigInput, 'batchSize' | 'nSteps' | 'seed'>; batchSize: number }
  | { op: 'step' | 'memory' | 'reset-peak' };

export interface TrainerAnswers {
  start: { backend: string };
  create: object;
  /** cpuMs: of all threads. */
  step: { ms: number; cpuMs: number };
  /** Of the whole process, after a garbage collection. */
  memory: { residentBytes: number; peakBytes: number };
  'reset-peak': object;
}

type Message = { value: TrainerAnswers[TrainerRequest['op']] } | { error: string };

const file = fileURLToPath(new URL('child.ts', import.meta.url));

/** A trainer in a process of its own, asked for one thing at a time: end it with `stop`. */
export class TrainerProcess {
  private readonly child: ChildProcess;
  private settle: (message: Message) => void = () => {};

  constructor() {
    this.child = fork(file, {
      execArgv: ['--expose-gc', '--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // As the launcher starts the product's processes.
      env: { ...process.env, ...memoryEnv(process.env) },
    });
    this.child.on('message', (message) => this.settle(message as Message));
    this.child.on('error', (error) => this.settle({ error: error.message }));
    this.child.on('exit', (code, signal) => this.settle({ error: `it ended with ${code ?? signal}` }));
  }

  async ask<R extends TrainerRequest>(request: R): Promise<TrainerAnswers[R['op']]> {
    const message = await new Promise<Message>((resolve) => {
      this.settle = resolve;
      this.child.send(request);
    });
    if ('error' in message) throw new Error(`The trainer's process could not ${request.op}: ${message.error}`);
    return message.value as TrainerAnswers[R['op']];
  }

  stop(): void {
    this.child.kill();
  }
}

export * from './atomic.ts';
export * from './checkpoints.ts';
export * from './datasets.ts';
export * from './dictionaries.ts';
export * from './store.ts';
export * from './token-corpus.ts';
export * from './token-corpus-format.ts';
export * from './token-corpus-writer.ts';

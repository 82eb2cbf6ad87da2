export * from './atomic.ts';
export * from './datasets.ts';
export * from './store.ts';

export * from './client.ts';
export * from './event-channel.ts';
export * from './workers.ts';

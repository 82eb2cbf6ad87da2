/** For a browser's pages and workers alone: which of TensorFlow.js' backends is fastest there. */
export type { BrowserBackend, BrowserBackendName, Timing } from './browser/choose-backend.ts';
export { chooseBackend, startBackend } from './browser/choose-backend.ts';

/** The binaries of TensorFlow.js' WebAssembly backend as files of our own server: the bundler copies them and writes their addresses here. */
export const wasmBinaries = {
  'tfjs-backend-wasm.wasm': new URL('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm', import.meta.url).href,
  'tfjs-backend-wasm-simd.wasm': new URL(
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
    import.meta.url,
  ).href,
  // Needs cross-origin isolation, which pages here do not ask for, so it is never loaded; the backend wants to know of it all the same.
  'tfjs-backend-wasm-threaded-simd.wasm': '',
};

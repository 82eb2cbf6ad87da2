/** For the pages of Next and the API's documentation. Next writes inline scripts and styles without nonces; nothing is ever
 *  loaded from elsewhere, and text of models and users is never rendered as HTML. */
export function contentSecurityPolicy({ isDevelopment }: { isDevelopment: boolean }) {
  // WebAssembly for the pages that compute in the browser; eval for the development mode of Next alone.
  const evaluation = isDevelopment ? ["'wasm-unsafe-eval'", "'unsafe-eval'"] : ["'wasm-unsafe-eval'"];
  return {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'", "'unsafe-inline'", ...evaluation],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      fontSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      workerSrc: ["'self'", 'blob:'],
      objectSrc: ["'none'"],
      baseUri: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  };
}

/** Health check of a container: exits 0 when the URL answers with success. The images have neither curl nor wget. */
const response = await fetch(process.argv[2], {
  headers: { authorization: `Bearer ${process.env.FEATURESCOPE_TOKEN}` },
  signal: AbortSignal.timeout(5000),
}).catch(() => undefined);
process.exit(response?.ok ? 0 : 1);

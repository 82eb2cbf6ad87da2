import type { NextConfig } from 'next';

/** No rewrites: Fastify stands in front and answers /api and the websocket itself. */
const config: NextConfig = {
  transpilePackages: ['@featurescope/contracts', '@featurescope/sae', '@featurescope/tensor'],
  allowedDevOrigins: ['127.0.0.1', 'localhost'],
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // Types are checked by `pnpm check`; doing it again here would double the time of a first start.
  typescript: { ignoreBuildErrors: true },
};

export default config;

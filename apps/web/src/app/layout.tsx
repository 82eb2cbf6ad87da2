import type { Metadata, Viewport } from 'next';
import { type ReactNode, Suspense } from 'react';
import { Frame } from '../frame/Frame.tsx';
import { Providers } from '../frame/Providers.tsx';
import './globals.css';

export const metadata: Metadata = {
  title: { default: 'featurescope', template: '%s · featurescope' },
  description: 'A self-hosted microscope for neural networks.',
  robots: { index: false },
};

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#ffffff' },
    { media: '(prefers-color-scheme: dark)', color: '#151519' },
  ],
};

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" suppressHydrationWarning>
      <body>
        <Providers>
          {/* Pages read the query string, which only the browser knows. */}
          <Suspense>
            <Frame>{children}</Frame>
          </Suspense>
        </Providers>
      </body>
    </html>
  );
}

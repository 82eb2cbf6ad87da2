import type { Metadata } from 'next';
import { FeaturePage } from '../../../../../feature/FeaturePage.tsx';

export const metadata: Metadata = { title: 'Feature' };

export default function Page() {
  return <FeaturePage />;
}

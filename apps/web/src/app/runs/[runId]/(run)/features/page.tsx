import type { Metadata } from 'next';
import { FeaturesPage } from '../../../../../features/FeaturesPage.tsx';

export const metadata: Metadata = { title: 'Features' };

export default function Page() {
  return <FeaturesPage />;
}

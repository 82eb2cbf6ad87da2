import type { Metadata } from 'next';
import { ComparisonPage } from '../../../compare/ComparisonPage.tsx';

export const metadata: Metadata = { title: 'Two runs' };

export default function Page() {
  return <ComparisonPage />;
}

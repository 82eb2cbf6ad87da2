import type { Metadata } from 'next';
import { ComparePage } from '../../compare/ComparePage.tsx';

export const metadata: Metadata = { title: 'Compare' };

export default function Page() {
  return <ComparePage />;
}

import type { Metadata } from 'next';
import { LadderPage } from '../../../compare/LadderPage.tsx';

export const metadata: Metadata = { title: 'Ladder of sizes' };

export default function Page() {
  return <LadderPage />;
}

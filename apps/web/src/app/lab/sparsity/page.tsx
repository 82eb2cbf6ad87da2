import type { Metadata } from 'next';
import { ExplorerPage } from '../../../lab/explorer/ExplorerPage.tsx';

export const metadata: Metadata = { title: 'Sparsity · Lab' };

export default function Page() {
  return <ExplorerPage />;
}

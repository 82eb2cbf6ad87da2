import type { Metadata } from 'next';
import { ImportPage } from '../../../import/ImportPage.tsx';

export const metadata: Metadata = { title: 'Import an SAE' };

export default function Page() {
  return <ImportPage />;
}

import type { Metadata } from 'next';
import { LabIndexPage } from '../../lab/index-page/LabIndexPage.tsx';

export const metadata: Metadata = { title: 'Lab' };

export default function Page() {
  return <LabIndexPage />;
}

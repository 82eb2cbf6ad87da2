import type { Metadata } from 'next';
import { RecoveryPage } from '../../../lab/recovery/RecoveryPage.tsx';

export const metadata: Metadata = { title: 'Recovery · Lab' };

export default function Page() {
  return <RecoveryPage />;
}

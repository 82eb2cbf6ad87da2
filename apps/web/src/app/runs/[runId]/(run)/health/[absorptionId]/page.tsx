import type { Metadata } from 'next';
import { AbsorptionPage } from '../../../../../../health/AbsorptionPage.tsx';

export const metadata: Metadata = { title: 'Absorption' };

export default function Page() {
  return <AbsorptionPage />;
}

import type { Metadata } from 'next';
import { SuperpositionPage } from '../../../lab/superposition/SuperpositionPage.tsx';

export const metadata: Metadata = { title: 'Superposition · Lab' };

export default function Page() {
  return <SuperpositionPage />;
}

import type { Metadata } from 'next';
import { DisentanglerPage } from '../../../lab/disentangler/DisentanglerPage.tsx';

export const metadata: Metadata = { title: 'Disentangler · Lab' };

export default function Page() {
  return <DisentanglerPage />;
}

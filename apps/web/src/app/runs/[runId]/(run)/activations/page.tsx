import type { Metadata } from 'next';
import { ActivationsPage } from '../../../../../activations/ActivationsPage.tsx';

export const metadata: Metadata = { title: 'Try a text' };

export default function Page() {
  return <ActivationsPage />;
}

import type { Metadata } from 'next';
import { NewRunPage } from '../../../new-run/NewRunPage.tsx';

export const metadata: Metadata = { title: 'New run' };

export default function Page() {
  return <NewRunPage />;
}

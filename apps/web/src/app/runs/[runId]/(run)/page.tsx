import type { Metadata } from 'next';
import { Overview } from '../../../../run/Overview.tsx';

export const metadata: Metadata = { title: 'Run' };

export default function Page() {
  return <Overview />;
}

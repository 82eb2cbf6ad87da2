import type { Metadata } from 'next';
import { HealthTab } from '../../../../../health/HealthTab.tsx';

export const metadata: Metadata = { title: 'Health' };

export default function Page() {
  return <HealthTab />;
}

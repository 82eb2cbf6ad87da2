import type { Metadata } from 'next';
import { GroundTruthTab } from '../../../../../ground-truth/GroundTruthTab.tsx';

export const metadata: Metadata = { title: 'Ground truth' };

export default function Page() {
  return <GroundTruthTab />;
}

import type { Metadata } from 'next';
import { ExperimentPage } from '../../../steering/ExperimentPage.tsx';

export const metadata: Metadata = { title: 'Steering experiment' };

export default function Page() {
  return <ExperimentPage />;
}

import type { Metadata } from 'next';
import { EvaluationTab } from '../../../../../run/EvaluationTab.tsx';

export const metadata: Metadata = { title: 'Evaluation' };

export default function Page() {
  return <EvaluationTab />;
}

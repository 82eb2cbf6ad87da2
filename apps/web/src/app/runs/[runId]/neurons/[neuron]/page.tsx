import type { Metadata } from 'next';
import { NeuronPage } from '../../../../../neurons/NeuronPage.tsx';

export const metadata: Metadata = { title: 'Neuron' };

export default function Page() {
  return <NeuronPage />;
}

import type { Metadata } from 'next';
import { SteeringPage } from '../../steering/SteeringPage.tsx';

export const metadata: Metadata = { title: 'Steering' };

export default function Page() {
  return <SteeringPage />;
}

import type { Metadata } from 'next';
import { GeometryPage } from '../../../lab/geometry/GeometryPage.tsx';

export const metadata: Metadata = { title: 'Geometry · Lab' };

export default function Page() {
  return <GeometryPage />;
}
